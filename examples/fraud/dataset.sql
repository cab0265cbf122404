-- One row a card over [$start, $end): its newest payment, what was paid before it, and whether it was charged back.
WITH ranked AS (
  SELECT *, row_number() OVER (PARTITION BY card_id ORDER BY paid_at DESC, payment_id DESC) AS back
  FROM payments
  WHERE paid_at >= $start AND paid_at < $end
),
history AS (
  SELECT
    card_id,
    avg(amount) AS mean_amount,
    max(amount) AS largest_amount,
    count(*) AS earlier_payments,
    avg(CASE WHEN channel = 'online' THEN 1 ELSE 0 END) AS online_share,
    avg(CASE WHEN country <> home_country THEN 1 ELSE 0 END) AS abroad_share
  FROM ranked JOIN cards USING (card_id)
  WHERE back > 1
  GROUP BY card_id
)
SELECT
  cards.card_id,
  cards.region,
  cards.home_country,
  cards.card_age_months,
  history.mean_amount,
  history.largest_amount,
  history.online_share,
  history.abroad_share,
  coalesce(history.earlier_payments, 0) AS earlier_payments,
  newest.amount,
  hour(newest.paid_at) AS hour,
  newest.country,
  newest.merchant,
  newest.channel,
  newest.is_known_device,
  CASE WHEN chargebacks.payment_id IS NULL THEN 0 ELSE 1 END AS is_fraud
FROM ranked AS newest
JOIN cards USING (card_id)
LEFT JOIN history USING (card_id)
LEFT JOIN chargebacks ON chargebacks.payment_id = newest.payment_id
WHERE newest.back = 1
