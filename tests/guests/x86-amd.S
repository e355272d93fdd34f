/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Guests that an AMD processor has all for. They are at 0x1000; what begins in long mode says so. */

	.section .rodata
	.code16

	.macro guest name
	.global guest_\name
guest_\name:
	.endm

	.macro guest_end name
	.global guest_\name\()_end
guest_\name\()_end:
	.endm

/* Writes al, 0x11, to port 0x60 for ever. */
guest busy
	mov $0x11, %al
1:	out %al, $0x60
	jmp 1b
guest_end busy

/* A handler of system management interrupts: writes 0x53 to port 0x61. */
guest smi_handler
	mov $0x53, %al
	out %al, $0x61
	rsm
guest_end smi_handler

/* Makes a fault, a fault on the way to its handler, and so on. */
guest triple_fault
	lidt %cs:(0x1000 + 1f - guest_triple_fault)
	ud2
1:	.word 0
	.long 0
guest_end triple_fault

	.code32
/* In protected mode: reads from the second 4 or 2 MiB, writes what it got to port 0x61, writes there,
 * and halts. */
guest paging
	mov 0x402234, %eax
	out %eax, $0x61
	movl $0x12345678, 0x402238
	hlt
guest_end paging

	.code64
/* In long mode: takes xmm9 from 0x2000 and stops at port 0x61; puts xmm9 to 0x2010 and stops there. */
guest live_sse
	movups 0x2000, %xmm9
	out %al, $0x61
	movups %xmm9, 0x2010
	out %al, $0x61
guest_end live_sse

/* In long mode: enters the guest of its own that the block at 0x4000 is of, and writes the number of
 * the exit from it to port 0x62, for ever. */
guest virtualize
	mov $0xc0000080, %ecx
	rdmsr
	or $0x1000, %eax
	wrmsr
	mov $0xc0010117, %ecx
	mov $0x5000, %eax
	xor %edx, %edx
	wrmsr
	mov $0x4000, %eax
	vmrun
	mov 0x4070, %eax
1:	out %eax, $0x62
	jmp 1b
guest_end virtualize

	.code16
/* That guest's own guest, in real mode at 0x2000. */
guest virtualized
	mov $0x4c, %al
	out %al, $0x61
	hlt
guest_end virtualized

	.code64
/* In long mode: tells Hyper-V who it is, and makes calls for ever, with rcx, rdx and r8 as they are.
 * It writes the result to port 0x61. */
guest hyperv
	push %rcx
	push %rdx
	mov $0x40000000, %ecx
	mov $1, %eax
	xor %edx, %edx
	wrmsr
	pop %rdx
	pop %rcx
1:	vmmcall
	out %eax, $0x61
	jmp 1b
guest_end hyperv

/* In long mode: makes calls of KVM's for ever, with rax, rbx, rcx and rdx as they are. It writes the
 * result to port 0x61. */
guest hypercall
1:	vmmcall
	out %eax, $0x61
	jmp 1b
guest_end hypercall

/* In long mode: writes what leaf rax of CPUID has in ebx to port 0x61. */
guest cpuid
	cpuid
	mov %ebx, %eax
	out %eax, $0x61
guest_end cpuid

/* In long mode: has the page of Xen's calls at 0x3000, makes call 5 with rdi, rsi and rdx, and writes
 * the result to port 0x61, for ever. */
guest xen
	push %rdx
	mov $0x40000000, %ecx
	mov $0x3000, %eax
	xor %edx, %edx
	wrmsr
	pop %rdx
1:	mov $0x3000 + 5 * 32, %eax
	call *%rax
	out %eax, $0x61
	jmp 1b
guest_end xen

	.section .note.GNU-stack, "", %progbits
