-- Derived columns; missing values stay missing: the model's own graph imputes and encodes them.
SELECT
  customer_id,
  age,
  gender,
  location,
  contract_type,
  payment_method,
  avg_data_usage_gb,
  avg_call_minutes,
  coalesce(usage_days, 0) AS usage_days,
  coalesce(avg_data_usage_gb * usage_days / 30, 0) AS usage_intensity,
  avg_monthly_charges,
  late_payments,
  tenure_months,
  avg_monthly_charges * (1 - 0.05 * late_payments) AS avg_revenue_per_month,
  avg_monthly_charges * (tenure_months + 12) AS estimated_clv,
  1 - late_payments / bills AS payment_reliability,
  CASE
    WHEN tenure_months <= 6 THEN 'new'
    WHEN tenure_months <= 12 THEN 'recent'
    WHEN tenure_months <= 24 THEN 'established'
    ELSE 'loyal'
  END AS tenure_category,
  churned
FROM dataset
