#define VERSION(name) name##_avx512
#include "larger.c"
