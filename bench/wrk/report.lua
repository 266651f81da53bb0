-- What every load has in common: its threads know their number and take the servers (SERVERS: host:port, with spaces
-- between) in turn, and at the end a line of JSON tells what was seen.

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

-- Times in microseconds. `refused` are the answers with a status of 400 or above, as wrk counts them; `unexpected`
-- those that a load with a `response` function of its own did not expect.
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
