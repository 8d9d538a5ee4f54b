/* What every kernel is, and how a program of kernels is run.
 *
 * The kernels allocate nothing and keep nothing: sizes and pointers go in, integers come out. So the same sources serve
 * inside a host's library and inside code for a microcontroller. Each has a portable version, <kind>.c, which is its
 * definition; versions for instruction sets, <kind>_<level>.c, return the same bits.
 *
 * All 8-bit activations are unsigned here: an int8 tensor is held with its top bit flipped (q + 128), which is the same
 * tensor with a zero point 128 higher. Weights are signed.
 */
#ifndef INTACT_H
#define INTACT_H

#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32
#define INTACT_API __declspec(dllexport)
#else
#define INTACT_API __attribute__((visibility("default")))
#endif

/* Instruction sets, each with all that those before it have, but for NEON, which follows SCALAR. */
enum intact_level {
    INTACT_SCALAR,
    INTACT_AVX2,
    INTACT_AVX512, /* F, BW, DQ, VL */
    INTACT_VNNI,
    INTACT_VBMI,
    INTACT_NEON, /* with dot product */
    INTACT_LEVELS
};

/* What compilers vectorize well needs no other code for an instruction set: <kind>_<level>.c defines VERSION for its
 * level and includes <kind>.c. */
#ifndef VERSION
#define VERSION(name) name##_scalar
#endif

/* Does the units of work from begin to end; different units may be done in any order and at the same time.
 * params: the kernel's own struct. in, out: operands and results. scratch: bytes of this thread's own, 64-byte aligned. */
typedef void intact_kernel(const void *params, const void *const *in, void *const *out, void *scratch, int64_t begin,
                           int64_t end);

/* Brings constants into the order in which a version of a kernel reads them, once; the kernel finds them at the pointer
 * `prepared`, the first member of its params. Returns how many bytes that takes; with memory NULL it does no more.
 * memory: 64-byte aligned. */
typedef size_t intact_prepare(const void *params, void *memory);

/* A kernel by name, with the size of its params and its versions; NULL where a level has none of its own. */
typedef struct {
    const char *name;
    size_t params_size;
    intact_kernel *versions[INTACT_LEVELS];
    intact_prepare *prepares[INTACT_LEVELS]; /* of those versions that have one */
} intact_entry;

extern const intact_entry intact_registry[];

/* Returns the highest level of this processor. */
INTACT_API int intact_level(void);

/* Returns the version of a kernel for a level, the next lower one where it has none; NULL for an unknown name. */
INTACT_API intact_kernel *intact_find(const char *name, int level);

/* Prepares for the version that intact_find returns; 0 bytes where it needs nothing. */
INTACT_API size_t intact_prepared(const char *name, int level, const void *params, void *memory);

/* Returns the level whose version of a kernel that is; -1 for an unknown name. */
INTACT_API int intact_version_of(const char *name, int level);

/* Returns 1 where the compiler knew a level's instruction set, so that there are versions for it. */
INTACT_API int intact_is_built(int level);

/* Returns the size of a kernel's params, 0 for an unknown name. */
INTACT_API size_t intact_params_size(const char *name);

/* Returns the name of kernel number `index`, NULL past the last. */
INTACT_API const char *intact_name(int64_t index);

/* Returns a hash of the sources of this library, "" where its builder worked none out. */
INTACT_API const char *intact_sources(void);

/* Returns the compiler's name and version. */
INTACT_API const char *intact_compiler(void);

#endif
