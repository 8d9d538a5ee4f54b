/* What this processor and its operating system offer. */
#include "intact.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))

int intact_level(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2"))
        return INTACT_SCALAR;
    if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
          __builtin_cpu_supports("avx512vl")))
        return INTACT_AVX2;
    if (!__builtin_cpu_supports("avx512vnni"))
        return INTACT_AVX512;
    return __builtin_cpu_supports("avx512vbmi") ? INTACT_VBMI : INTACT_VNNI;
}

#elif defined(__aarch64__)

#if defined(__linux__)
#include <sys/auxv.h>
#define DOT_PRODUCT (1UL << 20) /* HWCAP_ASIMDDP */
int intact_level(void) { return getauxval(AT_HWCAP) & DOT_PRODUCT ? INTACT_NEON : INTACT_SCALAR; }
#else
/* Every Arm processor of Apple's computers has it. */
int intact_level(void) { return INTACT_NEON; }
#endif

#else

int intact_level(void) { return INTACT_SCALAR; }

#endif
