// OpenSSL's libcrypto: SHA-256, scrypt, and a comparison in constant time. Also a call that protects secrets in memory.
#pragma once

// OpenSSL 3 marks SHA256_Init and its siblings as deprecated in favour of EVP, whose context costs more
// than the hash of a short text.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/prctl.h>

// Swift cannot call a variadic function such as prctl.
static inline int clibcrypto_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
