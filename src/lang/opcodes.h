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
 * X(name, operands)   operands: d register written, r register read, v register that is a variable, k constant,
 *                     s site, g cached name, j jump target, n number */
#ifndef ZP_LANG_OPCODES_H
#define ZP_LANG_OPCODES_H

#define ZP_OPCODES(X)                                                        \
    X(CONST, "dk")     /* R[a] <- K[b] */                                    \
    X(MOVE, "dr")      /* R[a] <- R[b] */                                    \
    X(LOCAL, "dv")     /* R[a] <- variable R[b], which must have a value */  \
    X(ARGLOCAL, "dv")  /* the same for an argument: a missing formal passes */ \
    X(UPVAL, "dng")    /* R[a] <- variable of the b-th frame outwards, slot in the name */ \
    X(GLOBAL, "dg")    /* R[a] <- value of a free name */                    \
    X(FUN, "dg")       /* R[a] <- function of that name */                   \
    X(FUNLOCAL, "dvg") /* the same, first in variable R[b] */                \
    X(DYNAMIC, "dg")   /* R[a] <- value of a name, searched from the frame */ \
    X(SETGLOBAL, "gr") /* binds a name of the working environment */         \
    X(SETDYNAMIC, "gr") /* binds a name in the frame by name */              \
    X(SETSUPER, "gr")  /* <<- */                                             \
    X(ADD, "drr") X(SUB, "drr") X(MUL, "drr") X(DIV, "drr")                  \
    X(ADDK, "drk") X(SUBK, "drk") X(MULK, "drk") X(DIVK, "drk")              \
    X(MOD, "drr") X(IDIV, "drr")                                             \
    X(BINARY, "drrn")  /* R[a] <- R[b] op R[c], op in n */                   \
    X(UNARY, "drn")    /* R[a] <- op R[b] */                                 \
    X(COLON, "drr")    /* R[a] <- R[b]:R[c] */                               \
    X(JUMP, "j")                                                             \
    X(LOOP, "j")       /* a jump backwards: where an evaluation can be interrupted */ \
    X(JFALSE, "rj") X(JTRUE, "rj") /* R[a] as a condition */                 \
    X(JLT, "rrj") X(JLE, "rrj") X(JGT, "rrj") X(JGE, "rrj") X(JEQ, "rrj") X(JNE, "rrj") /* unless R[a] op R[b] */ \
    X(JLTK, "rkj") X(JLEK, "rkj") X(JGTK, "rkj") X(JGEK, "rkj") X(JEQK, "rkj") X(JNEK, "rkj") \
    X(TRUTH, "dr")     /* R[a] <- R[b] as a logical of one element */        \
    X(INDEX, "drr")    /* R[a] <- R[b][R[c]] */                              \
    X(INDEX2, "drr")   /* R[a] <- R[b][[R[c]]] */                            \
    X(INDEXN, "drs")   /* R[a] <- R[b][R[c..]], see the site */              \
    X(REPLACE, "rs")   /* path assignment: root, steps and value in the site */ \
    X(ASSIGN1, "vrr")  /* variable R[a][R[b]] <- R[c] */                     \
    X(CLOSURE, "dk")   /* R[a] <- function K[b] made here */                 \
    X(REFERENCE, "ds") /* R[a] <- reference to a variable or an element of it */ \
    X(DOTS, "d")       /* R[a] <- the variable arguments */                  \
    X(DOTELEM, "dn")   /* R[a] <- element n of them */                       \
    X(CALL, "drs")     /* R[a] <- R[b](R[b+1..]), arguments as the site says */ \
    X(CALL1, "drs")    /* the same, plain arguments only */                  \
    X(ORDER, "rrs")    /* arguments of R[a](...) in the order of its formals: positions to R[b..]; goes to the first */ \
    X(NEXTARG, "rs")   /* to the next of them, or to the call */             \
    X(DEFAULT, "vj")   /* formal R[a] was given: jump */                     \
    X(CYCLE, "k")      /* default needs itself: error */                     \
    X(MISSING, "dv")   /* R[a] <- missing(R[b]) */                           \
    X(FORPREP, "rj")   /* R[a]: sequence, R[a+1]: position; nothing to do: jump */ \
    X(FORRANGE, "rrj") /* R[a] <- counting from R[a] to R[b] without making the vector */ \
    X(FORNEXT, "drj")  /* R[a] <- next element of R[b], or jump */           \
    X(SWITCH, "rs")    /* jumps to the alternative chosen by R[a] */         \
    X(TRY, "jn")       /* handler at a for kinds n; c: first temporary to drop */ \
    X(ENDTRY, "")      /* the newest handler goes */                         \
    X(CONDITION, "d")  /* R[a] <- the condition that was caught */           \
    X(JKIND, "nj")     /* jump unless the condition caught is of kind n */   \
    X(RETHROW, "")     /* raises the condition caught again */               \
    X(RETURN, "r")     /* result of the frame; visibility as it is */        \
    X(VISIBLE, "n")    /* the value last computed is (not) shown */          \
    X(RAISE, "k")      /* the error with text K[a] */                        \
    X(DROP, "r")       /* releases a temporary that nobody reads */

typedef enum zp_opcode {
#define X(name, operands) ZP_I_##name,
    ZP_OPCODES(X)
#undef X
    ZP_NOPCODES
} zp_opcode;

#endif
