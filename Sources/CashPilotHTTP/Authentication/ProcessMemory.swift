import CLibCrypto
import Glibc

/// The process's memory, which contains passwords, credentials and the connection string.
package enum ProcessMemory {
    /// Keeps the memory out of core dumps, and other processes of the same user from reading it.
    ///
    /// Root, and a process with `CAP_SYS_PTRACE`, can still read it. The process can still read its own files in
    /// `/proc/self`, except for its environment.
    package static func protect() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        clibcrypto_forbid_dumps()
    }
}
