// The only door to C: libpq, and the wake-up descriptor that Swift's own C module leaves out.
#pragma once

#include <libpq-fe.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// Swift imports integer macros but not character ones: give these names it can see.
static const int CLIBPQ_DIAG_SEVERITY = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int CLIBPQ_DIAG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int CLIBPQ_DIAG_CONSTRAINT_NAME = PG_DIAG_CONSTRAINT_NAME;
static const int CLIBPQ_DIAG_MESSAGE_PRIMARY = PG_DIAG_MESSAGE_PRIMARY;
static const int CLIBPQ_DIAG_STATEMENT_POSITION = PG_DIAG_STATEMENT_POSITION;

// Names the calling thread for debuggers and `top -H`; a variadic call, which Swift cannot make.
static inline void clibpq_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}
