#define VERSION(name) name##_avx512
#include "extreme.c"
