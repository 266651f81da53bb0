-- Opens sessions and closes each of them:
--
--   wrk -s bench/wrk/open_close.lua URL -- FILE THREADS
--
-- A line of FILE has the path of a business's sessions, a cashier's id and their token, separated by tabs. Each thread
-- takes its share of the lines. wrk does not report the connection of a response, so a thread has two queues: cashiers
-- without a session, and requests to close one. Closes are sent first, so there are never more open sessions than
-- connections.

dofile("bench/wrk/report.lua")

unexpected = 0

local Queue = {}
Queue.__index = Queue

function Queue.new()
    return setmetatable({ first = 1, last = 0 }, Queue)
end

function Queue:push(value)
    self.last = self.last + 1
    self[self.last] = value
end

-- The oldest value; nil if the queue is empty.
function Queue:pop()
    local value = self[self.first]
    if value then
        self[self.first] = nil
        self.first = self.first + 1
    end
    return value
end

local cashiers = {}
local idle = Queue.new()
local to_close = Queue.new()
local last_status

function init(arguments)
    local line_number = 0
    for line in io.lines(arguments[1]) do
        if line_number % tonumber(arguments[2]) == number then
            local path, id, token = line:match("^(%S+)\t(%S+)\t(%S+)$")
            local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
            local close = wrk.format("POST", path .. "/@/close", headers, '{"final_cash":180000}')
            local place = close:find("@", 1, true)
            cashiers[id] = {
                open = wrk.format("POST", path, headers, '{"initial_cash":150000}'),
                before_id = close:sub(1, place - 1),
                after_id = close:sub(place + 1),
            }
            idle:push(cashiers[id])
        end
        line_number = line_number + 1
    end
end

function request()
    local close = to_close:pop()
    if close then
        return close
    end
    local cashier = idle:pop()
    if not cashier then
        error(string.format("%d unexpected answers, the last with status %d", unexpected, last_status or 0))
    end
    return cashier.open
end

function response(status, headers, body)
    local cashier = cashiers[body:match('"cashier_id":"([^"]+)"')]
    if cashier and status == 201 then
        to_close:push(cashier.before_id .. body:match('"id":"([^"]+)"') .. cashier.after_id)
    elseif cashier and status == 200 then
        idle:push(cashier)
    else
        unexpected = unexpected + 1
        last_status = status
    end
end
