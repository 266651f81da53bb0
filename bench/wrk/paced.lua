-- Like cycle.lua, with a pause before each request on a connection:
--
--   wrk -s bench/wrk/paced.lua URL -- FILE MILLISECONDS

dofile("bench/wrk/cycle.lua")

local cycle = init
local pause

function init(arguments)
    cycle(arguments)
    pause = tonumber(arguments[2])
end

function delay()
    return pause
end
