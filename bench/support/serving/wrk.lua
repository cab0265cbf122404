-- wrk -s wrk.lua URL -- BODIES PATH HEADER=VALUE …: asks with one body after another, tells what came of it as JSON.
-- BODIES is a file with a body a line, so that no server answers the same request all the time.
local requests = {}
local turn = 0

function init(args)
  local headers = { ["content-type"] = "application/json" }
  for i = 3, #args do
    local name, value = args[i]:match("^([^=]+)=(.*)$")
    headers[name] = value
  end
  for body in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("POST", args[2], headers, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.4f,"p95":%.4f,"p99":%.4f,"most":%.4f,"broken":%d,"refused":%d,"late":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, errors.connect + errors.read + errors.write, errors.status, errors.timeout))
end
