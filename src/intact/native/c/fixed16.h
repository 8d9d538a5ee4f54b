/* The logistic function and the hyperbolic tangent in 16 bits of fixed point, as gemmlowp computes them.
 *
 * A number in Qm is an integer that counts steps of 2^-(15 - m); results are in Q0, where 1 is 32767.
 *
 *     product(a, b)     a * b / 2^15, halves up
 *     divided(a, n)     a / 2^n, halves away from zero
 *     exp(-a)           a = r + a sum of powers of 2 from 1/4 on, r in (0, 1/4]: a polynomial for exp(-r), times a
 *                       constant exp(-2^k) for each of those powers
 *     2 / (1 + x)       three of Newton's steps; x in [0, 1]
 *
 * logistic(a) = 1 / (1 + exp(-a)), and tanh(a) = 2 / (1 + exp(-2a)) - 1, of the magnitude of a. Versions in vectors
 * follow the same steps with `product` as one instruction (fixed16_lanes.h).
 *
 * Sources: gemmlowp/fixedpoint/fixedpoint.h; src/intact/arith/fixed_point.py has the steps with their reasons.
 */
#ifndef INTACT_FIXED16_H
#define INTACT_FIXED16_H

#include "intact.h"

#define INTACT_EXP_EIGHTH 28918 /* round(2^15 * exp(-1/8)) */
#define INTACT_THIRD 10923      /* round(2^15 / 3) */
#define INTACT_48_17 23130      /* round(2^13 * 48/17): in Q2 */
#define INTACT_32_17 15420      /* round(2^13 * 32/17): in Q2 */

/* round(2^15 * exp(-2^k)) for k from -2 to 4. */
#define INTACT_EXP_POWERS {25520, 19875, 12055, 4435, 600, 11, 0}
#define INTACT_EXP_FIRST (-2)

/* Returns logistic(number) in Q0, of a number in Q3. */
int16_t intact_logistic16(int16_t number);

/* Returns tanh(number) in Q0, of a number in Q(integer_bits), from 0 to 6. */
int16_t intact_tanh16(int16_t number, int integer_bits);

#endif
