-- The fingerprint of the stored password hash, for an audit event. `cashpilot audit verify` compares it with the hash.
-- Uses u: the user.
jsonb_build_object('password_sha256', encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex'))
