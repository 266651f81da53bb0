-- The hashes of a login attempt. The origin's text begins with its kind, and the pair is a hash of two hashes, so no
-- two attempts have equal bytes.
-- Parameters: $1, the e-mail of the account; $2, the origin, such as `address/192.0.2.1`.
select
    h.account,
    h.origin,
    sha256(h.account || h.origin) as pair
from (
    select
        sha256(convert_to('account/' || lower($1::text), 'UTF8')) as account,
        sha256(convert_to('origin/' || $2::text, 'UTF8')) as origin
) as h
