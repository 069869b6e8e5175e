-- The scalar work in Lua: the peer for loops and calls.
local only = {}
for _, op in ipairs(arg) do only[op] = true end
local divisor = tonumber(os.getenv("BENCH_DIVISOR") or "1")

local function measure(op, n, f)
    if next(only) and not only[op] then return end
    if n > 1000 then n = n / divisor end
    local took = {}
    f(n)
    for i = 1, 7 do
        local start = os.clock()
        f(n)
        took[i] = os.clock() - start
    end
    table.sort(took)
    print(string.format('{"peer": "%s", "op": "%s", "n": %d, "threads": 1, "seconds": %.6f, "min": %.6f, "note": ""}',
                        _VERSION, op, n, took[4], took[1]))
end

local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function g(x) return x + 1 end

measure("while loop", 10000000, function(n)
    local s, i = 0.0, 0
    while i < n do s = s + 1.5; i = i + 1 end
    return s
end)
measure("for loop", 10000000, function(n)
    local s = 0.0
    for _ = 1, n do s = s + 1.5 end
    return s
end)
measure("fib", 25, fib)
measure("calls", 1000000, function(n)
    local s = 0
    for _ = 1, n do s = g(s) end
    return s
end)
