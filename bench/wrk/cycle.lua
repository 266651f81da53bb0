-- Sends the requests of a file repeatedly:
--
--   wrk -s bench/wrk/cycle.lua URL -- FILE
--
-- A line of FILE has method, path, token and body, separated by tabs. The body may be empty. There is no `response`
-- function, because it would cost wrk more than everything else; wrk itself counts the statuses of 400 and above.

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
    last = number * 37 -- The threads begin at different requests.
end

function request()
    last = last % #requests + 1
    return requests[last]
end
