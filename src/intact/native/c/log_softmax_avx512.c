#define VERSION(name) name##_avx512
#include "log_softmax.c"
