#define VERSION(name) name##_avx2
#include "larger.c"
