/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A guest for saved states, in 16-bit real mode at 0x1000: a PC with the timers of PIT and local APIC
 * running, interrupts on, strings going in and out, and numbers in the registers of SSE. What it
 * computes does not depend on when interrupts come.
 *
 *   port 0x61  a number for each round, which says what the host gives
 *   port 0x60  4 bytes in; 0x62, 0x63  strings in and out
 *   0x9000, 0x9100  strings to and from what is no memory
 *   port 0x64, 0x65  while an interrupt of the PIT, of the local APIC is in service
 *   port 0xf4  the result */

	.section .rodata
	.code16

#define AT(label) (label - guest_machine + 0x1000)
#define FLAG 0x2f00
#define TICKS 0x2f02
#define BUFFER 0x3200
#define SSE 0x3100
#define N_ROUNDS 24

	.global guest_machine
guest_machine:
	cli
	xor %ax, %ax
	mov %ax, %ds
	mov %ax, %es
	mov %ax, %ss
	mov $0x7000, %sp
	movw $AT (on_pit), 0x20 * 4
	movw %ax, 0x20 * 4 + 2
	movw $AT (on_deadline), 0x40 * 4
	movw %ax, 0x40 * 4 + 2

	/* The PICs: vectors from 0x20 on, the timer alone. */
	mov $0x11, %al
	out %al, $0x20
	out %al, $0xa0
	mov $0x20, %al
	out %al, $0x21
	mov $0x28, %al
	out %al, $0xa1
	mov $4, %al
	out %al, $0x21
	mov $2, %al
	out %al, $0xa1
	mov $1, %al
	out %al, $0x21
	out %al, $0xa1
	mov $0xfe, %al
	out %al, $0x21
	mov $0xff, %al
	out %al, $0xa1

	/* The timer, every 1.7 ms. */
	mov $0x34, %al
	out %al, $0x43
	mov $0xd0, %al
	out %al, $0x40
	mov $0x07, %al
	out %al, $0x40

	/* The local APIC: by its MSRs, on, with deadlines at vector 0x40. */
	mov $0x1b, %ecx
	rdmsr
	or $0xc00, %eax
	wrmsr
	mov $0x80f, %ecx
	mov $0x1ff, %eax
	xor %edx, %edx
	wrmsr
	mov $0x832, %ecx
	mov $0x40040, %eax
	wrmsr

	/* SSE is on; four registers have something. */
	mov %cr4, %eax
	or $0x600, %eax
	mov %eax, %cr4
	movups 0x1000, %xmm0
	movups 0x1010, %xmm1
	movups 0x1020, %xmm2
	movups 0x1030, %xmm3

	xor %ebx, %ebx
	mov $0x12345678, %esi
	sti

round:
	movb $0, FLAG
	rdtsc
	add $300000, %eax
	adc $0, %edx
	mov $0x6e0, %ecx
	wrmsr

	mov %ebx, %eax
	out %eax, $0x61
	in $0x60, %eax
	rol $5, %esi
	add %eax, %esi

	cld
	push %esi
	mov $BUFFER, %di
	mov $16, %cx
	mov $0x62, %dx
	rep insb
	mov $BUFFER, %si
	mov $16, %cx
	mov $0x63, %dx
	rep outsb
	mov $BUFFER, %si
	mov $0x9000, %di
	mov $8, %cx
	rep movsb
	mov $0x9100, %si
	mov $BUFFER + 16, %di
	mov $8, %cx
	rep movsb
	pop %esi

	/* What is in memory and in SSE goes into the sum, and the first into the second. */
	movups %xmm0, SSE
	movups %xmm1, SSE + 16
	movups %xmm2, SSE + 32
	movups %xmm3, SSE + 48
	mov $SSE, %di
	mov $16, %cx
1:	rol $7, %esi
	xor (%di), %esi
	add $4, %di
	loop 1b
	mov $BUFFER, %di
	mov $6, %cx
1:	rol $7, %esi
	add (%di), %esi
	add $4, %di
	loop 1b
	movups %xmm1, SSE
	mov %esi, SSE
	movups %xmm2, %xmm3
	movups SSE, %xmm2
	movups BUFFER, %xmm1

wait:
	cli
	cmpb $1, FLAG
	je 1f
	sti
	hlt
	jmp wait
1:	sti
	inc %ebx
	cmp $N_ROUNDS, %ebx
	jb round

	cli
	mov %esi, %eax
	out %eax, $0xf4
	hlt

on_pit:
	push %ax
	incw TICKS
	out %al, $0x64
	mov $0x20, %al
	out %al, $0x20
	pop %ax
	iret

on_deadline:
	push %eax
	push %ecx
	push %edx
	movb $1, FLAG
	out %al, $0x65
	mov $0x80b, %ecx
	xor %eax, %eax
	xor %edx, %edx
	wrmsr
	pop %edx
	pop %ecx
	pop %eax
	iret

	.global guest_machine_end
guest_machine_end:

/* Waits for an interrupt of the local APIC at vector 0x40, halted. Its handler sends itself another,
 * and stops at port 0x65 before it tells the APIC that it is done. In the end cx is how many came,
 * at port 0xf4. */
#define AT_SERVICE(label) (label - guest_service + 0x1000)

	.global guest_service
guest_service:
	cli
	xor %ax, %ax
	mov %ax, %ds
	mov %ax, %ss
	mov $0x7000, %sp
	movw $AT_SERVICE (on_service), 0x40 * 4
	movw %ax, 0x40 * 4 + 2
	mov $0x1b, %ecx
	rdmsr
	or $0xc00, %eax
	wrmsr
	mov $0x80f, %ecx
	mov $0x1ff, %eax
	xor %edx, %edx
	wrmsr
	xor %bx, %bx
1:	sti
	hlt
	cli
	cmp $2, %bx
	jb 1b
	mov %bx, %ax
	out %ax, $0xf4
	hlt

on_service:
	inc %bx
	cmp $2, %bx
	je 1f
	mov $0x83f, %ecx
	mov $0x40, %eax
	xor %edx, %edx
	wrmsr
1:	mov %bx, %ax
	out %ax, $0x65
	mov $0x80b, %ecx
	xor %eax, %eax
	xor %edx, %edx
	wrmsr
	iret

	.global guest_service_end
guest_service_end:

	.section .note.GNU-stack, "", %progbits
