/* interp: the loop that executes code.
 *
 * All state is in the context: activations with their registers and program counters, handlers, the pending result.
 * The loop keeps the top activation's registers and pc in C variables and writes them back when it leaves or when a
 * frame is pushed.  It never calls itself.
 *
 * Double arithmetic and comparison on inline scalars, reading and writing elements of plain vectors, and calls with
 * plain arguments are done here; everything else is a call into ops or into the matcher.
 *
 * A run with a step budget dispatches through a second table, in which every entry counts: unlimited runs pay nothing
 * for it.  Interrupts are looked at where code jumps backwards and where it calls. */
#include "lang/interp.h"

#include "kernel/kernel.h"

/* Labels as values are what makes dispatch quick; both compilers we support have them. */
#pragma GCC diagnostic ignored "-Wpedantic"

/* clang-format off */
#define ARITH(name, expr, op)                                   \
    OP(name):                                                   \
    if (ZP_LIKELY(both_dbl(&R[i->b], &R[i->c]))) {              \
        const double x = R[i->b].u.dbl, y = R[i->c].u.dbl;      \
        put(&R[i->a], zp_dbl(expr));                            \
        NEXT();                                                 \
    }                                                           \
    if (!zp__vm_binary(ctx, op, R, nvars, i->b, i->c, &v, err)) \
        goto failed;                                            \
    STORE_V();

#define ARITH_K(name, expr, op)                                      \
    OP(name):                                                        \
    if (ZP_LIKELY(R[i->b].type == ZP_DBL && !R[i->b].boxed)) {       \
        const double x = R[i->b].u.dbl, y = K[i->c].u.dbl;           \
        put(&R[i->a], zp_dbl(expr));                                 \
        NEXT();                                                      \
    }                                                                \
    if (!zp__vm_binary_k(ctx, op, R, nvars, i->b, K[i->c], &v, err)) \
        goto failed;                                                 \
    STORE_V();

#define COMPARE(name, cmp, op)                                            \
    OP(name):                                                             \
    if (ZP_LIKELY(both_dbl(&R[i->a], &R[i->b]))) {                        \
        if (!(R[i->a].u.dbl cmp R[i->b].u.dbl))                           \
            pc = code->instrs + i->c;                                     \
        NEXT();                                                           \
    }                                                                     \
    if (!zp__vm_compare(ctx, op, R, nvars, i->a, NULL, i->b, &flag, err)) \
        goto failed;                                                      \
    if (!flag)                                                            \
        pc = code->instrs + i->c;                                         \
    NEXT();

#define COMPARE_K(name, cmp, op)                                           \
    OP(name):                                                              \
    if (ZP_LIKELY(R[i->a].type == ZP_DBL && !R[i->a].boxed)) {             \
        if (!(R[i->a].u.dbl cmp K[i->b].u.dbl))                            \
            pc = code->instrs + i->c;                                      \
        NEXT();                                                            \
    }                                                                      \
    if (!zp__vm_compare(ctx, op, R, nvars, i->a, &K[i->b], 0, &flag, err)) \
        goto failed;                                                       \
    if (!flag)                                                             \
        pc = code->instrs + i->c;                                          \
    NEXT();

/* clang-format on */
#define OP(name) L_##name
#define NEXT()              \
    do {                    \
        i = pc++;           \
        goto *table[i->op]; \
    } while (0)
#define CHECK(call)      \
    do {                 \
        if (!(call))     \
            goto failed; \
    } while (0)
#define STORE_V()         \
    do {                  \
        put(&R[i->a], v); \
        v = zp_nil();     \
        NEXT();           \
    } while (0)

#define NO_REGISTER UINT32_MAX /* for the result of what was waited for */

zp_run zp_ctx_run(zp_ctx *ctx, uint64_t steps)
{
    static const void *const direct[] = {
#define X(name, operands, normal) &&L_##name,
        ZP_OPCODES(X)
#undef X
    };
    static const void *const counted[] = {
#define X(name, operands, normal) &&count_step,
        ZP_OPCODES(X)
#undef X
    };
    const void *const *table = steps ? counted : direct;
    zp_error *err = &ctx->error;
    zp_act *act;
    zp_value *R, v = zp_nil();
    const zp_value *K;
    zp_code *code;
    uint32_t nvars;
    const zp_instr *pc, *i;
    zp_status st;
    bool flag;

    if (!ctx->depth)
        return ctx->error.code ? ZP_RUN_ERROR : ZP_RUN_DONE;
    if (ctx->parked) {
        if (!ctx->resumed)
            return ZP_RUN_PARKED;
        ctx->parked = ctx->resumed = false;
        act = zp__top(ctx);
        if (ctx->resume_error) {
            zp_fail(err, "%s", ctx->resume_error);
            zp_free(ctx->resume_error);
            ctx->resume_error = NULL;
            zp_value_clear(&ctx->resume_value);
            pc = act->pc;
            goto failed;
        }
        if (ctx->park_dst != NO_REGISTER) {
            if (ctx->resume_value.type == ZP_REF && !zp__deref(&ctx->resume_value, NULL))
                zp_value_clear(&ctx->resume_value); /* the object is gone: there is nothing to give */
            put(&act->regs[ctx->park_dst], zp_value_move(&ctx->resume_value));
        }
    }

#define LOAD()                                   \
    do {                                         \
        act = zp__top(ctx);                      \
        R = act->regs;                           \
        code = act->code;                        \
        K = code->consts;                        \
        nvars = act->own_regs ? 0 : code->nvars; \
        pc = act->pc;                            \
    } while (0)

    LOAD();
    NEXT();

count_step:
    if (steps-- == 0 || (ZP_UNLIKELY(ctx->until_us != 0) && zp__vm_late(ctx, i, R))) {
        act->pc = pc - 1;
        return ZP_RUN_BUDGET;
    }
    ctx->steps++;
    goto *direct[i->op];

    /* An operation is a label and its statements. */
    /* clang-format off */
    OP(CONST):
        put(&R[i->a], zp_value_ref(zp_value_load(&K[i->b])));
        NEXT();
    OP(MOVE):
        CHECK(zp__vm_take(ctx, &R[i->b], i->b >= nvars, &v, err));
        STORE_V();
    OP(LOCAL):
        CHECK(zp__vm_read_var(ctx, &R[i->b], &v, err));
        STORE_V();
    OP(ARGLOCAL):
        if (R[i->b].type == ZP_MISSING) {
            put(&R[i->a], R[i->b]);
            NEXT();
        }
        CHECK(zp__vm_read_var(ctx, &R[i->b], &v, err));
        STORE_V();
    OP(UPVAL):
        CHECK(zp__vm_up_value(ctx, &code->names[i->b], act->env, i->n, &v, err));
        STORE_V();
    OP(GLOBAL): {
        const zp_name_ref *ref = &code->names[i->b];
        if (ZP_LIKELY(ref->env == act->env && ref->version == ctx->engine->version &&
                      ref->cell->value.type < ZP_MISSING)) { /* a unit reads its own table */
            put(&R[i->a], zp_value_ref(zp_value_load(&ref->cell->value)));
            NEXT();
        }
    }
        CHECK(zp__vm_global_value(ctx, &code->names[i->b], act->env, &v, err));
        STORE_V();
    OP(DYNAMIC):
        if (i->n) {
            zp_value *found = zp__env_search(act->env->parent, code->names[i->b].name, false, NULL);
            if (!found) {
                zp__vm_unbound(ctx, code->names[i->b].name, err);
                goto failed;
            }
            v = zp_value_ref(zp_value_load(found));
            CHECK(zp__deref(&v, err));
            STORE_V();
        }
        CHECK(zp__vm_search(ctx, &code->names[i->b], &v, err));
        STORE_V();
    OP(FUN):
        CHECK(zp__vm_function_value(ctx, &code->names[i->b], i->n, &v, err));
        STORE_V();
    OP(FUNLOCAL):
        if (zp_is_fun(R[i->b]))
            v = zp_value_ref(zp_value_load(&R[i->b]));
        else
            CHECK(zp__vm_function_value(ctx, &code->names[i->c], 0, &v, err));
        STORE_V();
    OP(SETGLOBAL): {
        const zp_name_ref *ref = &code->names[i->a];
        if (ZP_LIKELY(ref->cell && ref->env == act->env && !R[i->b].boxed && R[i->b].type < ZP_MISSING &&
                      !ref->cell->value.boxed && ref->cell->value.type != ZP_UNBOUND)) {
            ref->cell->value = zp_value_load(&R[i->b]);
            NEXT();
        }
    }
        CHECK(zp__vm_bind(ctx, ZP_I_SETGLOBAL, &code->names[i->a], &R[i->b], i->n, err));
        NEXT();
    OP(SETDYNAMIC):
        CHECK(zp__vm_bind(ctx, ZP_I_SETDYNAMIC, &code->names[i->a], &R[i->b], i->n, err));
        NEXT();
    OP(SETSUPER):
        CHECK(zp__vm_bind(ctx, ZP_I_SETSUPER, &code->names[i->a], &R[i->b], i->n, err));
        NEXT();

    ARITH(ADD, x + y, ZP_OP_ADD)
    ARITH(SUB, x - y, ZP_OP_SUB)
    ARITH(MUL, x * y, ZP_OP_MUL)
    ARITH(DIV, x / y, ZP_OP_DIV)
    ARITH_K(ADDK, x + y, ZP_OP_ADD)
    ARITH_K(SUBK, x - y, ZP_OP_SUB)
    ARITH_K(MULK, x * y, ZP_OP_MUL)
    ARITH_K(DIVK, x / y, ZP_OP_DIV)
    ARITH(MOD, zp_mod(x, y), ZP_OP_MOD)

    OP(IDIV):
        CHECK(zp__vm_binary(ctx, ZP_OP_IDIV, R, nvars, i->b, i->c, &v, err));
        STORE_V();
    OP(BINARY):
        CHECK(zp__vm_binary(ctx, (zp_op)i->n, R, nvars, i->b, i->c, &v, err));
        STORE_V();
    OP(UNARY): {
        zp_value x = zp_nil();
        CHECK(zp__vm_take(ctx, &R[i->b], i->b >= nvars, &x, err));
        CHECK(zp_unary_take((zp_op)i->n, x, &v, err));
    }
        STORE_V();
    OP(COLON): {
        zp_value x = zp_nil(), y = zp_nil();
        CHECK(zp__vm_take(ctx, &R[i->b], i->b >= nvars, &x, err));
        flag = zp__vm_take(ctx, &R[i->c], i->c >= nvars, &y, err) && zp_colon(x, y, &v, err);
        zp_value_unref(x);
        zp_value_unref(y);
        CHECK(flag);
    }
        STORE_V();

    OP(LOOP):
        if (ZP_UNLIKELY(ctx->interrupt))
            goto interrupted;
    OP(JUMP):
        pc = code->instrs + i->a;
        NEXT();
    OP(JFALSE):
        if (R[i->a].type == ZP_LGL && !R[i->a].boxed)
            flag = R[i->a].u.lgl;
        else
            CHECK(zp__vm_truth_of(ctx, &R[i->a], i->a >= nvars, &flag, err));
        if (!flag)
            pc = code->instrs + i->b;
        NEXT();
    OP(JTRUE):
        if (R[i->a].type == ZP_LGL && !R[i->a].boxed)
            flag = R[i->a].u.lgl;
        else
            CHECK(zp__vm_truth_of(ctx, &R[i->a], i->a >= nvars, &flag, err));
        if (flag)
            pc = code->instrs + i->b;
        NEXT();
    COMPARE(JLT, <, ZP_OP_LT)
    COMPARE(JLE, <=, ZP_OP_LE)
    COMPARE(JGT, >, ZP_OP_GT)
    COMPARE(JGE, >=, ZP_OP_GE)
    COMPARE(JEQ, ==, ZP_OP_EQ)
    COMPARE(JNE, !=, ZP_OP_NE)
    COMPARE_K(JLTK, <, ZP_OP_LT)
    COMPARE_K(JLEK, <=, ZP_OP_LE)
    COMPARE_K(JGTK, >, ZP_OP_GT)
    COMPARE_K(JGEK, >=, ZP_OP_GE)
    COMPARE_K(JEQK, ==, ZP_OP_EQ)
    COMPARE_K(JNEK, !=, ZP_OP_NE)
    OP(TRUTH):
        CHECK(zp__vm_side_of(ctx, &R[i->b], i->b >= nvars, &flag, err));
        put(&R[i->a], zp_lgl(flag));
        NEXT();

    OP(INDEX):
        if (quick_elem(&R[i->b], &R[i->c], &v)) {
            if (i->b >= nvars)
                put(&R[i->b], zp_nil());
            STORE_V();
        }
        CHECK(zp__vm_index_one(ctx, false, R, nvars, i->b, i->c, &v, err));
        STORE_V();
    OP(INDEX2):
        if (quick_elem(&R[i->b], &R[i->c], &v)) {
            if (i->b >= nvars)
                put(&R[i->b], zp_nil());
            STORE_V();
        }
        CHECK(zp__vm_index_one(ctx, true, R, nvars, i->b, i->c, &v, err));
        STORE_V();
    OP(INDEXN):
        CHECK(zp__vm_index_many(ctx, i->n, R, nvars, i->b, &code->sites[i->c], &v, err));
        STORE_V();
    OP(REPLACE):
        CHECK(zp__vm_replace(ctx, &code->sites[i->b], R, err));
        if (ZP_UNLIKELY(ctx->settling))
            goto settling;
        NEXT();
    OP(ASSIGN1):
        if (quick_assign(&R[i->a], &R[i->b], &R[i->c]))
            NEXT();
        CHECK(zp__vm_assign_one(ctx, R, nvars, i->a, i->b, i->c, err));
        if (ZP_UNLIKELY(ctx->settling))
            goto settling;
        NEXT();

    OP(CLOSURE):
        v = zp__closure_new(code->codes[i->b], act->env, err);
        CHECK(!zp_bad(v));
        STORE_V();
    OP(REFERENCE):
        CHECK(zp__vm_make_reference(ctx, &code->sites[i->b], R, &v, err));
        STORE_V();
    OP(DOTS):
        CHECK(zp__vm_load_dots(ctx, &v, err));
        STORE_V();
    OP(DOTELEM):
        CHECK(zp__vm_dot_elem(ctx, i->n, &v, err));
        STORE_V();

    OP(CALL):
    OP(CALL1):
        if (ZP_UNLIKELY(ctx->interrupt))
            goto interrupted;
        {
            const zp_site *site = &code->sites[i->c];
            zp_value fn = zp_value_load(&R[i->b]);
            act->pc = pc;
            R[i->b] = zp_nil();
            st = zp__call(ctx, fn, R + i->b + 1, site, site->count, i->a, &v, err);
            zp_value_unref(fn);
        }
        if (st == ZP_CALL) {
            LOAD();
            NEXT();
        }
        if (st == ZP_OK)
            STORE_V();
        if (st == ZP_FAILED)
            goto failed;
        ctx->parked = true;
        ctx->park_dst = i->a;
        if (ctx->resumed) { /* the answer is there already */
            ctx->parked = ctx->resumed = false;
            put(&R[i->a], zp_value_move(&ctx->resume_value));
            NEXT();
        }
        return ZP_RUN_PARKED;

    OP(ORDER):
        CHECK(zp__argument_order(ctx->engine, R[i->a], &code->sites[i->c], &R[i->b], err));
        {
            const zp_site *site = &code->sites[i->c];
            R[i->b + site->count] = (zp_value){ .type = ZP_NIL, .u.i64 = 0 };
            pc = code->instrs + site->targets[R[i->b].u.i64];
        }
        NEXT();
    OP(NEXTARG): {
        const zp_site *site = &code->sites[i->b];
        int64_t k = ++R[i->a + site->count].u.i64;
        pc = code->instrs + site->targets[k < site->count ? R[i->a + k].u.i64 : (int64_t)site->count];
    }
        NEXT();
    OP(DEFAULT):
        if (R[i->a].type != ZP_MISSING)
            pc = code->instrs + i->b;
        NEXT();
    OP(CYCLE):
        zp_fail(err, "promise already under evaluation: '%s'", code->vars[i->a]->text);
        goto failed;
    OP(MISSING):
            flag = R[i->b].type == ZP_DOTS ? ((zp_dots *)R[i->b].u.obj)->n == 0
                                             : R[i->b].type == ZP_MISSING ||
                                                   (i->b < 64 && (act->env->defaulted >> i->b & 1));
        put(&R[i->a], zp_lgl(flag));
        NEXT();

    OP(FORPREP):
        CHECK(zp__vm_for_prep(&R[i->a], &flag, err));
        if (flag)
            pc = code->instrs + i->b;
        NEXT();
    OP(FORRANGE):
        CHECK(zp__vm_for_range(&R[i->a], &flag, err));
        if (flag)
            pc = code->instrs + i->c;
        NEXT();
    OP(FORNEXT):
        if (R[i->b].aux == 1 && R[i->b + 1].u.i64 > 0) {
            R[i->b + 1].u.i64--;
            put(&R[i->a], zp_dbl(R[i->b].u.dbl));
            R[i->b].u.dbl += 1;
            NEXT();
        }
        CHECK(zp__vm_for_next(&R[i->b], &R[i->a], &flag, err));
        if (!flag)
            pc = code->instrs + i->c;
        NEXT();
    OP(SWITCH): {
        zp_value x = zp_nil();
        uint32_t target;
        CHECK(zp__vm_take(ctx, &R[i->a], i->a >= nvars, &x, err));
        flag = zp__vm_choose(&code->sites[i->b], x, &target, err);
        zp_value_unref(x);
        CHECK(flag);
        pc = code->instrs + target;
    }
        NEXT();

    OP(TRY):
        CHECK(zp__vm_push_handler(ctx, i, err));
        NEXT();
    OP(ENDTRY):
        ctx->nhandlers--;
        NEXT();
    OP(CONDITION):
        put(&R[i->a], zp_value_ref(zp_value_load(&ctx->condition)));
        NEXT();
    OP(JKIND):
        if (!(zp__condition_kind(ctx->condition) & i->n))
            pc = code->instrs + i->a;
        NEXT();
    OP(RETHROW):
        ctx->condition_kind = zp__condition_kind(R[i->a]);
        zp_fail(err, "%s", zp_error_value_text(R[i->a]));
        err->place = *zp_error_value_place(R[i->a]);
        goto rethrow;
    OP(RETURN):
        if (i->n)
            ctx->visible = i->n == 1;
        if (i->a >= nvars || (act->env->head.refs == 1 && R[i->a].type < ZP_MISSING))
            v = zp_value_move(&R[i->a]);
        else
            CHECK(zp__vm_read_var(ctx, &R[i->a], &v, err));
        {
            uint32_t dst = act->dst;
            if (act->hide)
                ctx->visible = false;
            zp__pop_act(ctx);
            while (ctx->nhandlers && ctx->handlers[ctx->nhandlers - 1].depth > ctx->depth)
                ctx->nhandlers--;
            if (!ctx->depth) {
                put(&ctx->result, v);
                return ZP_RUN_DONE;
            }
            LOAD();
            put(&R[dst], v);
            v = zp_nil();
        }
        NEXT();
    OP(VISIBLE):
        if (i->n < 2)
            ctx->visible = i->n;
        else if (i->n == 2)
            put(&R[i->a], zp_lgl(ctx->visible));
        else
            ctx->visible = R[i->a].u.lgl;
        NEXT();
    OP(RAISE):
        zp_fail(err, "%s", zp_strs(&K[i->a])[0]->text);
        goto failed;
    OP(QUERY):
        CHECK(zp__future_query(ctx, &code->sites[i->c], i->n, &R[i->b], &v, err));
        put(&R[i->a], v);
        v = zp_nil();
        if (ZP_LIKELY(!i->n))
            NEXT();
        /* fall through: what is forgotten may have to wait until it can be sent */
    OP(FORCE):
        if (R[i->a].type != ZP_FUT)
            NEXT();
        act->pc = pc;
        st = zp__future_force(ctx, &R[i->a], err);
        if (st == ZP_OK)
            NEXT();
        if (st == ZP_FAILED)
            goto failed;
        ctx->parked = true;
        ctx->park_dst = i->a;
        return ZP_RUN_PARKED;
    OP(DROP):
        put(&R[i->a], zp_nil());
        NEXT();
    /* clang-format on */

settling: /* the change has to reach the disk */
    act->pc = pc;
    ctx->parked = true;
    ctx->park_dst = NO_REGISTER;
    return ZP_RUN_PARKED;
interrupted:
    ctx->interrupt = 0;
    zp_fail_code(err, ZP_ECANCELLED, "interrupted");
failed:
    if (err->code == ZP_ENONE)
        zp_fail(err, "an operation failed without saying why");
    if (!ctx->condition_kind)
        ctx->condition_kind = ZP_COND_ERROR;
rethrow:
    zp__top(ctx)->pc = pc;
    zp__vm_locate(ctx, pc);
    flag = zp__vm_unwind(ctx);
    v = zp_nil();
    ctx->condition_kind = 0;
    if (!flag)
        return ZP_RUN_ERROR;
    LOAD();
    NEXT();
}
