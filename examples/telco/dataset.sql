-- TotalCharges is a blank in the rows of customers who have not had a bill yet.
SELECT * REPLACE (TRY_CAST(TotalCharges AS DOUBLE) AS TotalCharges)
FROM telco
