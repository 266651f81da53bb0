-- Returns the currencies of the businesses, for `cashpilot doctor`, which knows the codes of ISO 4217.
-- Returns one row per currency, with the number of businesses, in the order of the codes.
select b.currency, count(*) as businesses
from businesses as b
group by b.currency
order by b.currency;
