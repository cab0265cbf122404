-- One row a customer over [$start, $end). Left joins: a customer without usage or bills is kept.
SELECT
  customers.*,
  usage_by_customer.* EXCLUDE (customer_id),
  billing_by_customer.* EXCLUDE (customer_id),
  labels_by_customer.churned
FROM customers
LEFT JOIN (
  SELECT
    customer_id,
    avg(data_usage_gb) AS avg_data_usage_gb,
    avg(call_minutes) AS avg_call_minutes,
    count(DISTINCT usage_date) AS usage_days
  FROM usage
  WHERE usage_date >= $start AND usage_date < $end
  GROUP BY customer_id
) AS usage_by_customer USING (customer_id)
LEFT JOIN (
  SELECT
    customer_id,
    avg(monthly_charges) AS avg_monthly_charges,
    sum(late_payment) AS late_payments,
    count(*) AS bills,
    max(tenure_months) AS tenure_months
  FROM billing
  WHERE billing_date >= $start AND billing_date < $end
  GROUP BY customer_id
) AS billing_by_customer USING (customer_id)
LEFT JOIN (
  SELECT customer_id, arg_max(churned, label_date) AS churned
  FROM labels
  WHERE label_date >= $start AND label_date < $end
  GROUP BY customer_id
) AS labels_by_customer USING (customer_id)
WHERE customers.signup_date < $end
