/* Every kernel by name, with its versions. */
#include <string.h>

#include "depthwise.h"
#include "flip.h"
#include "gemm.h"
#include "lut.h"
#include "softmax.h"

#if defined(__x86_64__)
#define X86(level, function) [level] = function,
#else
#define X86(level, function)
#endif
#if defined(__aarch64__)
#define ARM(level, function) [level] = function,
#else
#define ARM(level, function)
#endif

/* A kernel whose versions are the definition, compiled for an instruction set. */
#define COMPILED(kind) \
    {#kind, \
     sizeof(intact_##kind), \
     {intact_##kind##_scalar, X86(INTACT_AVX2, intact_##kind##_avx2) X86(INTACT_AVX512, intact_##kind##_avx512)}, \
     {0}}

const intact_entry intact_registry[] = {
    {"flip", 0, {intact_flip_scalar}, {0}},
    {"copy", 0, {intact_copy_scalar}, {0}},
    {"dense",
     sizeof(intact_dense),
     {intact_dense_scalar, X86(INTACT_VNNI, intact_dense_vnni)},
     {X86(INTACT_VNNI, intact_gemm_prepare_vnni)}},
    {"convolve",
     sizeof(intact_convolve),
     {intact_convolve_scalar, X86(INTACT_VNNI, intact_convolve_vnni)},
     {X86(INTACT_VNNI, intact_gemm_prepare_vnni)}},
    {"depthwise",
     sizeof(intact_depthwise),
     {intact_depthwise_scalar, X86(INTACT_VNNI, intact_depthwise_vnni)},
     {X86(INTACT_VNNI, intact_depthwise_prepare_vnni)}},
    {"lut",
     sizeof(intact_lut),
     {intact_lut_scalar, X86(INTACT_AVX512, intact_lut_avx512) X86(INTACT_VBMI, intact_lut_vbmi)},
     {0}},
    COMPILED(softmax_fixed),
    COMPILED(softmax_float),
    COMPILED(softmax_lines),
    {0},
};

static const intact_entry *entry(const char *name)
{
    const intact_entry *e = intact_registry;
    while (e->name && strcmp(e->name, name))
        e++;
    return e;
}

/* Returns the level whose version serves a level: its own or the next lower one. */
static int served(const intact_entry *e, int level)
{
    if (level == INTACT_NEON)
        return e->versions[INTACT_NEON] ? INTACT_NEON : INTACT_SCALAR;
    while (level > INTACT_SCALAR && !e->versions[level])
        level--;
    return level;
}

intact_kernel *intact_find(const char *name, int level)
{
    const intact_entry *e = entry(name);
    return e->name ? e->versions[served(e, level)] : NULL;
}

size_t intact_prepared(const char *name, int level, const void *params, void *memory)
{
    const intact_entry *e = entry(name);
    intact_prepare *prepare = e->name ? e->prepares[served(e, level)] : NULL;
    return prepare ? prepare(params, memory) : 0;
}

size_t intact_params_size(const char *name) { return entry(name)->params_size; }

const char *intact_name(int64_t index)
{
    for (int64_t i = 0; i < index; i++)
        if (!intact_registry[i].name)
            return NULL;
    return intact_registry[index].name;
}
