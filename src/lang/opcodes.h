/* The instructions of the machine.  Each is one binding of the A-normal form: an operation on atoms (registers and
 * constants) whose result goes to a register.
 *
 *     R[i]  register i of the running frame: variables first, then temporaries
 *     K[i]  constant i of the code
 *     S[i]  site i: what a call, a replacement, a switch knows beyond registers
 *     G[i]  a name looked up through a cache
 *
 * A temporary is owned by whoever reads it: reading moves it.  A variable is only borrowed.
 *
 * X(name, operands, normal form)
 *                     operands: d register written, r register read, v register that is a variable, k constant,
 *                     s site, g cached name, j jump target, f function, n number
 *                     normal form: $A $B $C the operands, $N the number, $O an operator, $L arguments, $I indices,
 *                     $P a path and its value, $R a path, $S how many; empty: not shown */
#ifndef ZP_LANG_OPCODES_H
#define ZP_LANG_OPCODES_H

/* clang-format off */
#define ZP_OPCODES(X)                                                                                            \
    X(CONST, "dk", "$A <- $B")                                                                                   \
    X(MOVE, "dr", "$A <- $B")                                                                                    \
    X(LOCAL, "dv", "$A <- $B")                     /* R[a] <- variable R[b], which must have a value */          \
    X(ARGLOCAL, "dv", "$A <- $B")                  /* the same for an argument: a missing formal passes */       \
    X(UPVAL, "dng", "$A <- $B")                                                                                  \
    X(GLOBAL, "dg", "$A <- $B")                                                                                  \
    X(FUN, "dg", "$A <- $B")                                                                                     \
    X(FUNLOCAL, "dvg", "$A <- $C")                 /* the same, first in variable R[b] */                        \
    X(DYNAMIC, "dg", "$A <- $B")                   /* R[a] <- value of a name, searched from the frame */        \
    X(SETGLOBAL, "gr", "$A <- $B")                                                                               \
    X(SETDYNAMIC, "gr", "$A <- $B")                /* binds a name in the frame by name */                       \
    X(SETSUPER, "gr", "$A <<- $B")                                                                               \
    X(ADD, "drr", "$A <- $B + $C")                                                                               \
    X(SUB, "drr", "$A <- $B - $C")                                                                               \
    X(MUL, "drr", "$A <- $B * $C")                                                                               \
    X(DIV, "drr", "$A <- $B / $C")                                                                               \
    X(ADDK, "drk", "$A <- $B + $C")                                                                              \
    X(SUBK, "drk", "$A <- $B - $C")                                                                              \
    X(MULK, "drk", "$A <- $B * $C")                                                                              \
    X(DIVK, "drk", "$A <- $B / $C")                                                                              \
    X(MOD, "drr", "$A <- $B %% $C")                                                                              \
    X(IDIV, "drr", "$A <- $B %/% $C")                                                                            \
    X(BINARY, "drrn", "$A <- $B $O $C")                                                                          \
    X(UNARY, "drn", "$A <- $O$B")                                                                                \
    X(COLON, "drr", "$A <- $B:$C")                                                                               \
    X(JUMP, "j", "goto $A")                                                                                      \
    X(LOOP, "j", "goto $A")                        /* a jump backwards: where an evaluation can be interrupted */ \
    X(JFALSE, "rj", "unless ($A) goto $B")                                                                       \
    X(JTRUE, "rj", "if ($A) goto $B")              /* R[a] as a condition */                                     \
    X(JLT, "rrj", "unless ($A < $B) goto $C")                                                                    \
    X(JLE, "rrj", "unless ($A <= $B) goto $C")                                                                   \
    X(JGT, "rrj", "unless ($A > $B) goto $C")                                                                    \
    X(JGE, "rrj", "unless ($A >= $B) goto $C")                                                                   \
    X(JEQ, "rrj", "unless ($A == $B) goto $C")                                                                   \
    X(JNE, "rrj", "unless ($A != $B) goto $C")     /* unless R[a] op R[b] */                                     \
    X(JLTK, "rkj", "unless ($A < $B) goto $C")                                                                   \
    X(JLEK, "rkj", "unless ($A <= $B) goto $C")                                                                  \
    X(JGTK, "rkj", "unless ($A > $B) goto $C")                                                                   \
    X(JGEK, "rkj", "unless ($A >= $B) goto $C")                                                                  \
    X(JEQK, "rkj", "unless ($A == $B) goto $C")                                                                  \
    X(JNEK, "rkj", "unless ($A != $B) goto $C")                                                                  \
    X(TRUTH, "dr", "$A <- condition $B")           /* R[a] <- R[b] as a logical of one element */                \
    X(INDEX, "drr", "$A <- $B[$C]")                                                                              \
    X(INDEX2, "drr", "$A <- $B[[$C]]")                                                                           \
    X(INDEXN, "drs", "$A <- $B[$I]")               /* R[a] <- R[b][R[c..]], see the site */                      \
    X(REPLACE, "rs", "$P")                         /* path assignment: root, steps and value in the site */      \
    X(ASSIGN1, "vrr", "$A[$B] <- $C")              /* variable R[a][R[b]] <- R[c] */                             \
    X(CLOSURE, "df", "$A <- function $B")          /* R[a] <- function K[b] made here */                         \
    X(REFERENCE, "ds", "$A <- --$R")               /* R[a] <- reference to a variable or an element of it */     \
    X(DOTS, "d", "$A <- ...")                      /* R[a] <- the variable arguments */                          \
    X(DOTELEM, "dn", "$A <- ..$N")                                                                               \
    X(CALL, "drs", "$A <- $B($L)")                                                                               \
    X(CALL1, "drs", "$A <- $B($L)")                /* the same, plain arguments only */                          \
    X(ORDER, "rrs", "arguments of $A in the order of its formals")                                               \
    X(NEXTARG, "rs", "the next argument")          /* to the next of them, or to the call */                     \
    X(DEFAULT, "vj", "if ($A is given) goto $B")                                                                 \
    X(CYCLE, "v", "error: $A needs itself")        /* default needs itself: error */                             \
    X(MISSING, "dv", "$A <- missing($B)")                                                                        \
    X(FORPREP, "rj", "if (length($A) == 0) goto $B") /* R[a]: sequence, R[a+1]: position; nothing to do: jump */ \
    X(FORRANGE, "rrj", "count from $A to $B")                                                                    \
    X(FORNEXT, "drj", "$A <- next of $B, or goto $C") /* R[a] <- next element of R[b], or jump */                \
    X(SWITCH, "rs", "switch ($A) among $S alternatives")                                                         \
    X(TRY, "jn", "protect; handler at $A")         /* handler at a for kinds n; c: first temporary to drop */    \
    X(ENDTRY, "", "end of protection")             /* the newest handler goes */                                 \
    X(CONDITION, "d", "$A <- the condition")       /* R[a] <- the condition that was caught */                   \
    X(JKIND, "nj", "unless (condition of kind $N) goto $A") /* jump unless the condition caught is of kind n */  \
    X(RETHROW, "", "raise $A again")               /* raises the condition caught again */                       \
    X(RETURN, "r", "return $A")                                                                                  \
    X(VISIBLE, "n", "")                            /* the value last computed is (not) shown */                  \
    X(RAISE, "k", "error: $A")                     /* the error with text K[a] */                                \
    X(QUERY, "drs", "$A <- $B ? $Q($L)")           /* R[a] <- future of R[b] ? tree in the site; n: forget */           \
    X(FORCE, "r", "$A <- answer $A")               /* waits until R[a] is no future any more */                  \
    X(DROP, "r", "")                               /* releases a temporary that nobody reads */
/* clang-format on */

typedef enum zp_opcode {
#define X(name, operands, normal) ZP_I_##name,
    ZP_OPCODES(X)
#undef X
        ZP_NOPCODES
} zp_opcode;

#endif
