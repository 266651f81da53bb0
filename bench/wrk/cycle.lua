-- Sends the requests of a file in turn, over and over:
--
--   wrk -s bench/wrk/cycle.lua URL -- FILE
--
-- A line of FILE holds method, path, token and body, with a tab after each of the first three; no body if it is
-- empty. There is no `response` function: it would cost wrk more than all the rest, and wrk counts refusals itself.

dofile("bench/wrk/report.lua")

local requests = {}
local last

function init(arguments)
    for line in io.lines(arguments[1]) do
        local method, path, token, body = line:match("^(%u+)\t(%S+)\t(%S+)\t(.*)$")
        local headers = { ["Authorization"] = "Bearer " .. token }
        if body ~= "" then
            headers["Content-Type"] = "application/json"
        end
        table.insert(requests, wrk.format(method, path, headers, body ~= "" and body or nil))
    end
    last = number * 37 -- The threads do not walk in step.
end

function request()
    last = last % #requests + 1
    return requests[last]
end
