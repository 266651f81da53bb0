-- Returns the SHA-256 of each text, in hexadecimal digits.
-- $1 text[]  texts
-- Returns one row per text, in their order.
select encode(sha256(convert_to(file.text, 'UTF8')), 'hex')
from unnest($1::text[]) with ordinality as file (text, place)
order by file.place;
