#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

// What OpenSSL has as macros or as chains of calls, for test servers: keys, certificates, a server's context.

static inline EVP_PKEY *ssl_make_key(void) { return EVP_EC_gen("P-256"); }

static inline int ssl_add_extension(X509 *certificate, X509 *issuer, int kind, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
  int done = extension && X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return done;
}

// Valid from `from` to `until` seconds from now. `alternatives` is NULL for an authority ("IP:127.0.0.1,DNS:a"
// otherwise), `issuer` for one that signs itself.
static inline X509 *ssl_make_certificate(
    EVP_PKEY *key, const char *name, const char *alternatives, long from, long until, X509 *issuer, EVP_PKEY *signer) {
  X509 *certificate = X509_new();
  long serial = 0;
  RAND_bytes((unsigned char *)&serial, 4);
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial + 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), until);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer ? issuer : certificate));
  if (alternatives) {
    ssl_add_extension(certificate, issuer ? issuer : certificate, NID_subject_alt_name, alternatives);
  } else {
    ssl_add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    ssl_add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  X509_sign(certificate, signer ? signer : key, EVP_sha256());
  return certificate;
}

static inline int ssl_write_certificate(X509 *certificate, const char *path) {
  BIO *file = BIO_new_file(path, "w");
  int done = file && PEM_write_bio_X509(file, certificate);
  BIO_free(file);
  return done;
}

// The context's data is the one protocol that it takes, as ALPN writes it: a length and a name.
static inline int ssl_choose_protocol(
    SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered, unsigned int size,
    void *wanted) {
  const unsigned char *protocol = (const unsigned char *)wanted;
  for (unsigned int at = 0; at < size; at += offered[at] + 1u) {
    if (offered[at] == protocol[0] && !memcmp(offered + at + 1, protocol + 1, protocol[0])) {
      *out = offered + at + 1;
      *length = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

// At most TLS 1.1 when `isOld`; `takesHTTP2` chooses h2, else http/1.1.
static inline SSL_CTX *ssl_make_server(X509 *certificate, EVP_PKEY *key, int isOld, int takesHTTP2) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (isOld) {
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  }
  SSL_CTX_set_alpn_select_cb(context, ssl_choose_protocol, takesHTTP2 ? (void *)"\x02h2" : (void *)"\x08http/1.1");
  return context;
}
