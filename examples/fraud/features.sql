-- What is stored of a card, the request fields as they were when the newest payment was made, the region for the
-- comparison of groups, and the label. What is computed from request fields stands in project.yaml.
SELECT
  card_id,
  home_country,
  card_age_months,
  mean_amount,
  largest_amount,
  online_share,
  abroad_share,
  earlier_payments,
  amount,
  hour,
  country,
  merchant,
  channel,
  is_known_device,
  region,
  is_fraud
FROM dataset
