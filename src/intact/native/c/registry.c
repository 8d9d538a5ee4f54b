/* Every kernel by name, with its versions. */
#include <string.h>

#include "add.h"
#include "add16.h"
#include "argmax.h"
#include "binary.h"
#include "depthwise.h"
#include "dequantize.h"
#include "quantize.h"
#include "rescale.h"
#include "depthwise16.h"
#include "flip.h"
#include "gemm.h"
#include "gemm16.h"
#include "hybrid.h"
#include "larger.h"
#include "log_softmax.h"
#include "lstm.h"
#include "lut.h"
#include "matmul.h"
#include "matmul16.h"
#include "movement.h"
#include "mul.h"
#include "pieces.h"
#include "pool.h"
#include "positions.h"
#include "reduce.h"
#include "resize.h"
#include "sketch.h"
#include "select.h"
#include "softmax.h"
#include "statistics.h"
#include "svdf.h"
#include "pairs.h"

/* CMakeLists.txt defines INTACT_HAS_<LEVEL> where the compiler knows that instruction set. Without it a version is not
 * there, and the next lower one serves; a build without CMake has the portable versions alone. */
#ifdef INTACT_HAS_AVX2
#define IF_INTACT_AVX2(...) __VA_ARGS__
#else
#define IF_INTACT_AVX2(...)
#endif
#ifdef INTACT_HAS_AVX512
#define IF_INTACT_AVX512(...) __VA_ARGS__
#else
#define IF_INTACT_AVX512(...)
#endif
#ifdef INTACT_HAS_VNNI
#define IF_INTACT_VNNI(...) __VA_ARGS__
#else
#define IF_INTACT_VNNI(...)
#endif
#ifdef INTACT_HAS_VBMI
#define IF_INTACT_VBMI(...) __VA_ARGS__
#else
#define IF_INTACT_VBMI(...)
#endif
#ifdef INTACT_HAS_NEON
#define IF_INTACT_NEON(...) __VA_ARGS__
#else
#define IF_INTACT_NEON(...)
#endif
#define X86(level, function) IF_##level([level] = function,)
#define ARM(level, function) IF_##level([level] = function,)

/* A kernel with versions for two instruction sets, mostly the definition compiled for them. */
#define COMPILED(kind) \
    {#kind, \
     sizeof(intact_##kind), \
     {intact_##kind##_scalar, X86(INTACT_AVX2, intact_##kind##_avx2) X86(INTACT_AVX512, intact_##kind##_avx512)}, \
     {0}}

/* A kernel of products of 8 bits, and who prepares for it. */
#define GEMM(kind, prepares)                                                                                 \
    {#kind,                                                                                                  \
     sizeof(intact_##kind),                                                                                  \
     {intact_##kind##_scalar, X86(INTACT_AVX2, intact_##kind##_avx2) X86(INTACT_AVX512, intact_##kind##_avx512) \
         X86(INTACT_VNNI, intact_##kind##_vnni) ARM(INTACT_NEON, intact_##kind##_neon)},                     \
     {X86(INTACT_AVX2, intact_##prepares##_prepare_avx2) X86(INTACT_AVX512, intact_##prepares##_prepare_avx512) \
         X86(INTACT_VNNI, intact_##prepares##_prepare_vnni) ARM(INTACT_NEON, intact_##prepares##_prepare_neon)}}

const intact_entry intact_registry[] = {
    {"flip", 0, {intact_flip_scalar}, {0}},
    {"copy", 0, {intact_copy_scalar}, {0}},
    GEMM(dense, gemm),
    GEMM(convolve, gemm),
    {"depthwise",
     sizeof(intact_depthwise),
     {intact_depthwise_scalar, X86(INTACT_AVX2, intact_depthwise_avx2) X86(INTACT_AVX512, intact_depthwise_avx512)
         X86(INTACT_VNNI, intact_depthwise_vnni) ARM(INTACT_NEON, intact_depthwise_neon)},
     {X86(INTACT_AVX2, intact_depthwise_prepare_avx2) X86(INTACT_AVX512, intact_depthwise_prepare_avx512)
         X86(INTACT_VNNI, intact_depthwise_prepare_vnni) ARM(INTACT_NEON, intact_depthwise_prepare_neon)}},
    {"dense16", sizeof(intact_dense16), {intact_dense16_scalar, X86(INTACT_VNNI, intact_dense16_vnni)}, {0}},
    {"convolve16", sizeof(intact_convolve16), {intact_convolve16_scalar, X86(INTACT_VNNI, intact_convolve16_vnni)}, {0}},
    {"depthwise16",
     sizeof(intact_depthwise16),
     {intact_depthwise16_scalar, X86(INTACT_VNNI, intact_depthwise16_vnni)},
     {X86(INTACT_VNNI, intact_depthwise16_prepare_vnni)}},
    GEMM(pieces, pieces),
    GEMM(matmul, gemm),
    {"matmul16", sizeof(intact_matmul16), {intact_matmul16_scalar, X86(INTACT_VNNI, intact_matmul16_vnni)}, {0}},
    {"pieces16", sizeof(intact_pieces16), {intact_pieces16_scalar, X86(INTACT_VNNI, intact_pieces16_vnni)}, {0}},
    {"lut",
     sizeof(intact_lut),
     {intact_lut_scalar, X86(INTACT_AVX512, intact_lut_avx512) X86(INTACT_VBMI, intact_lut_vbmi)},
     {0}},
    {"hybrid_dense",
     sizeof(intact_hybrid_dense),
     {intact_hybrid_dense_scalar,
      X86(INTACT_AVX2, intact_hybrid_dense_avx2) X86(INTACT_VNNI, intact_hybrid_dense_vnni)
          ARM(INTACT_NEON, intact_hybrid_dense_neon)},
     {0}},
    {"hybrid_convolve",
     sizeof(intact_hybrid_convolve),
     {intact_hybrid_convolve_scalar,
      X86(INTACT_AVX2, intact_hybrid_convolve_avx2) X86(INTACT_VNNI, intact_hybrid_convolve_vnni)
          ARM(INTACT_NEON, intact_hybrid_convolve_neon)},
     {0}},
    {"hybrid_depthwise",
     sizeof(intact_hybrid_depthwise),
     {intact_hybrid_depthwise_scalar,
      X86(INTACT_AVX2, intact_hybrid_depthwise_avx2) X86(INTACT_VNNI, intact_hybrid_depthwise_vnni)
          ARM(INTACT_NEON, intact_hybrid_depthwise_neon)},
     {0}},
    {"lstm",
     sizeof(intact_lstm),
     {intact_lstm_scalar,
      X86(INTACT_AVX2, intact_lstm_avx2) X86(INTACT_VNNI, intact_lstm_vnni) ARM(INTACT_NEON, intact_lstm_neon)},
     {0}},
    {"svdf",
     sizeof(intact_svdf),
     {intact_svdf_scalar,
      X86(INTACT_AVX2, intact_svdf_avx2) X86(INTACT_VNNI, intact_svdf_vnni) ARM(INTACT_NEON, intact_svdf_neon)},
     {0}},
    COMPILED(argmax),
    COMPILED(average_pool),
    COMPILED(bilinear),
    COMPILED(extreme),
    COMPILED(larger),
    COMPILED(log_softmax),
    COMPILED(max_pool),
    {"move", sizeof(intact_move), {intact_move_scalar}, {0}},
    {"fetch", sizeof(intact_fetch), {intact_fetch_scalar}, {0}},
    {"overlay", sizeof(intact_overlay), {intact_overlay_scalar}, {0}},
    {"pick", sizeof(intact_pick), {intact_pick_scalar}, {0}},
    COMPILED(reduce),
    COMPILED(sketch),
    COMPILED(softmax_fixed),
    COMPILED(softmax_float),
    COMPILED(softmax_lines),
    {"select", sizeof(intact_select), {intact_select_scalar}, {0}},
    {"pairs", sizeof(intact_pairs), {intact_pairs_scalar}, {0}},
    COMPILED(add),
    {"add16", sizeof(intact_add16), {intact_add16_scalar, X86(INTACT_AVX512, intact_add16_avx512)}, {0}},
    COMPILED(quantize),
    COMPILED(dequantize),
    {"rescale",
     sizeof(intact_rescale),
     {intact_rescale_scalar, X86(INTACT_AVX512, intact_rescale_avx512)},
     {0}},
    {"binary", sizeof(intact_binary), {intact_binary_scalar, X86(INTACT_AVX2, intact_binary_avx2)}, {0}},
    {"statistics",
     sizeof(intact_statistics),
     {intact_statistics_scalar, X86(INTACT_AVX512, intact_statistics_avx512)},
     {0}},
    {"mul", sizeof(intact_mul), {intact_mul_scalar, X86(INTACT_AVX512, intact_mul_avx512)}, {0}},
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

int intact_version_of(const char *name, int level)
{
    const intact_entry *e = entry(name);
    return e->name ? served(e, level) : -1;
}

int intact_is_built(int level)
{
    static const int built[INTACT_LEVELS] = {
        [INTACT_SCALAR] = 1,
        X86(INTACT_AVX2, 1) X86(INTACT_AVX512, 1) X86(INTACT_VNNI, 1) X86(INTACT_VBMI, 1)
        ARM(INTACT_NEON, 1)
    };
    return built[level];
}

size_t intact_params_size(const char *name) { return entry(name)->params_size; }

const char *intact_name(int64_t index)
{
    for (int64_t i = 0; i < index; i++)
        if (!intact_registry[i].name)
            return NULL;
    return intact_registry[index].name;
}
