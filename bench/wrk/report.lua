-- Common to all loads: it numbers the threads, distributes them over the servers (SERVERS: host:port, separated by
-- spaces), and prints the result as a line of JSON.

local threads = {}
local servers = {}

for host, port in os.getenv("SERVERS"):gmatch("(%S+):(%d+)") do
    table.insert(servers, { host = host, port = port })
end

function setup(thread)
    local server = servers[#threads % #servers + 1]
    thread.addr = wrk.lookup(server.host, server.port)[1]
    thread:set("number", #threads)
    table.insert(threads, thread)
end

-- Times are in µs. `refused` counts the responses with a status of 400 or above. `unexpected` counts the responses that
-- a load with a `response` function did not expect.
function done(summary, latency)
    local errors = summary.errors
    local unexpected = 0
    for _, thread in ipairs(threads) do
        unexpected = unexpected + (thread:get("unexpected") or 0)
    end
    io.write(string.format(
        'RESULT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"unexpected":%d,"failed":%d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
        unexpected, errors.connect + errors.read + errors.write + errors.timeout))
end
