#!/usr/bin/lua5.3
-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A guest adds two numbers, prints the sum through a port, and halts.

local Kvm = require("lgi").require("Kvm", "1.0")

-- mov $0x3f8,%dx; add %bl,%al; add $'0',%al; out %al,(%dx); mov $'\n',%al; out %al,(%dx); hlt
local CODE = "\xba\xf8\x03\x00\xd8\x04\x30\xee\xb0\x0a\xee\xf4"

local function run_guest()
  assert(#arg == 0, "Usage: hello.lua")
  local system = assert(Kvm.System.new())
  local vm = assert(system:create_vm())
  local memory = assert(Kvm.Memory.new(0x1000))
  assert(vm:add_memory(0x1000, memory, "NONE"))
  assert(memory:write(0, CODE))

  local vcpu = assert(vm:create_vcpu(0))
  assert(vcpu:x86_setup_real_mode(0x1000))
  local regs = assert(vcpu:x86_get_regs())
  regs.rax, regs.rbx = 2, 2
  assert(vcpu:x86_set_regs(regs))

  local exit = vcpu:get_exit()
  while assert(vcpu:run()) == "IO" do
    io.write(string.char(exit:get_value()))
  end
  assert(exit:get_reason() == "HLT", "The guest stopped: " .. exit:to_string())
end

local ok, message = pcall(run_guest)
if not ok then
  io.stderr:write(tostring(message), "\n")
  os.exit(1)
end
