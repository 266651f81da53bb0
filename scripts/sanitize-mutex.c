// Lets the thread sanitizer see the waits in Swift's Mutex. Taking one that is free is compiled into the program, so
// the sanitizer sees that. To wait for one is done in a library that is not sanitized, and what such a lock guards
// would be taken for unguarded. Linked into sanitized programs, these two stand before the library's.
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *handle

// Absent in a program that only helps to build the others.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

SWIFT void lock_slowly(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void unlock_slowly(SELF) __asm__(UNLOCK);

SWIFT void lock_slowly(uint32_t thread, SELF) {
    __typeof__(lock_slowly) *library = dlsym(RTLD_NEXT, LOCK);
    library(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void unlock_slowly(SELF) {
    __typeof__(unlock_slowly) *library = dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(handle);
    library(handle);
}
