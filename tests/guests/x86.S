/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the tests' guests run on x86, in 16-bit real mode at 0x1000. */

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

guest halt
	hlt
	jmp guest_halt
guest_end halt

/* Waits for an interrupt, for ever. */
guest wait
	hlt
	jmp guest_wait
guest_end wait

/* Writes "Hi" to port 0x3f8. */
guest print
	mov $0x3f8, %dx
	mov $'H', %al
	out %al, %dx
	mov $'i', %al
	out %al, %dx
	hlt
guest_end print

/* Reads 1, 2 and 4 bytes from port 0x60 and writes them, one more than they were, to port 0x61. */
guest echo
	in $0x60, %al
	inc %al
	out %al, $0x61
	in $0x60, %ax
	inc %ax
	out %ax, $0x61
	in $0x60, %eax
	inc %eax
	out %eax, $0x61
	hlt
guest_end echo

/* Reads four words from port 0x60 into memory at 0x1800 and writes them back to port 0x61. */
guest string
	cld
	xor %ax, %ax
	mov %ax, %ds
	mov %ax, %es
	mov $0x60, %dx
	mov $0x1800, %di
	mov $4, %cx
	rep insw
	mov $0x61, %dx
	mov $0x1800, %si
	mov $4, %cx
	rep outsw
	hlt
guest_end string

/* Writes 4 bytes to the address 0x8000, which is no memory, reads 2 from 0x8004, and writes them to
 * port 0x61. */
guest mmio
	movl $0x12345678, 0x8000
	mov 0x8004, %ax
	out %ax, $0x61
	hlt
guest_end mmio

/* Adds one to the byte at 0x8000, which is no memory: a read, and then a write. */
guest change
	incb 0x8000
	hlt
guest_end change

/* Reads a byte from port 0x60 for ever, and counts in the word at 0x2000. */
guest listen
	in $0x60, %al
	incw 0x2000
	jmp guest_listen
guest_end listen

/* Never stops. */
guest spin
	jmp guest_spin
guest_end spin

/* Writes to port 0x61 for ever. */
guest chatter
	out %al, $0x61
	jmp guest_chatter
guest_end chatter

/* Adds one to the word at 0x2000 and halts, again and again. */
guest count
	incw 0x2000
	hlt
	jmp guest_count
guest_end count

/* Keeps the words at bx and bx + 2 the same, and halts when they are not. */
guest twins
	mov (%bx), %ax
	cmp 2(%bx), %ax
	jne 1f
	incw (%bx)
	incw 2(%bx)
	jmp guest_twins
1:	hlt
guest_end twins

/* Adds one to the word at bx for ever. */
guest bump
	incw (%bx)
	jmp guest_bump
guest_end bump

/* Adds one to the word at its argument times 16 for ever. */
guest bump_far
	mov %bx, %ds
1:	incw 0
	jmp 1b
guest_end bump_far

/* Adds one to the byte at 16 times each of the words from 0x2000 on, up to one that is 0; halts; and
 * again. */
guest touch
	xor %ax, %ax
	mov %ax, %es
	mov $0x2000, %si
1:	mov %es:(%si), %ax
	add $4, %si
	test %ax, %ax
	jz 2f
	mov %ax, %ds
	incb 0
	jmp 1b
2:	hlt
	jmp guest_touch
guest_end touch

/* Steps: three instructions of one byte, then a halt. */
guest steps
	inc %ax
	inc %ax
	inc %ax
	hlt
guest_end steps

/* Changes registers, flags and a segment, and writes to port 0x61 in between, for ever. */
guest mix
	add %ebx, %eax
	xor %ecx, %ebx
	rol $7, %edx
	out %al, $0x61
	adc %esi, %ecx
	sbb %edi, %esi
	inc %bp
	mov %bp, %es
	out %ax, $0x61
	imul %edx, %edi
	jmp guest_mix
guest_end mix

/* Adds one to the word at 0x2000 for ever. */
guest ticker
	incw 0x2000
	jmp guest_ticker
guest_end ticker

/* Reads a byte from port 0x60 and writes it, one more than it was, to port 0x61, for ever. */
guest server
	in $0x60, %al
	inc %al
	out %al, $0x61
	jmp guest_server
guest_end server

/* Writes a line to the serial port at 0x3f8, each byte when the transmitter is empty. */
guest serial_print
	cld
	mov $(serial_text - guest_serial_print + 0x1000), %si
1:	mov $0x3fd, %dx
2:	in %dx, %al
	test $0x20, %al
	jz 2b
	lodsb
	test %al, %al
	jz 3f
	mov $0x3f8, %dx
	out %al, %dx
	jmp 1b
3:	hlt
serial_text:
	.asciz "Hello from the guest\n"
guest_end serial_print

/* Sends back what it gets at the serial port at 0x3f8, one more than it was, up to a 0. */
guest serial_echo
	mov $0x3fd, %dx
1:	in %dx, %al
	test $0x01, %al
	jz 1b
	mov $0x3f8, %dx
	in %dx, %al
	test %al, %al
	jz 3f
	inc %al
	mov %al, %bl
	mov $0x3fd, %dx
2:	in %dx, %al
	test $0x20, %al
	jz 2b
	mov $0x3f8, %dx
	mov %bl, %al
	out %al, %dx
	jmp guest_serial_echo
3:	hlt
guest_end serial_echo

/* Looks for a serial port as drivers do. To 0x2000: the modem status in loopback; how many of 32
 * bytes the FIFO keeps; the line status after that; the interrupt id with FIFO. */
guest serial_probe
	mov $0x3fc, %dx
	mov $0x1a, %al
	out %al, %dx
	mov $0x3fe, %dx
	in %dx, %al
	mov %al, 0x2000
	mov $0x3fa, %dx
	mov $0x07, %al
	out %al, %dx
	mov $0x3f8, %dx
	mov $32, %cx
1:	mov %cl, %al
	out %al, %dx
	loop 1b
	xor %bl, %bl
	mov $0x3fd, %dx
	in %dx, %al
	mov %al, 0x2002
	jmp 3f
2:	mov $0x3f8, %dx
	in %dx, %al
	inc %bl
	mov $0x3fd, %dx
	in %dx, %al
3:	test $0x01, %al
	jnz 2b
	mov %bl, 0x2001
	mov $0x3fa, %dx
	in %dx, %al
	mov %al, 0x2003
	hlt
guest_end serial_probe

/* Enables the transmitter's interrupt, reads the interrupt id twice, writes a byte, and disables the
 * interrupt. The ids go to 0x2000. */
guest serial_interrupt
	mov $0x3f9, %dx
	mov $0x02, %al
	out %al, %dx
	mov $0x3fa, %dx
	in %dx, %al
	mov %al, 0x2000
	in %dx, %al
	mov %al, 0x2001
	mov $0x3f8, %dx
	mov $'x', %al
	out %al, %dx
	mov $0x3f9, %dx
	xor %al, %al
	out %al, %dx
	hlt
guest_end serial_interrupt

/* Ends with the value 42. */
guest debug_exit
	mov $42, %eax
	mov $0x501, %dx
	out %eax, %dx
	hlt
guest_end debug_exit

/* Throws away what the keyboard controller has, has it test itself, puts the reply at 0x2000, and
 * resets the machine. */
guest reset
1:	in $0x64, %al
	test $0x01, %al
	jz 2f
	in $0x60, %al
	jmp 1b
2:	mov $0xaa, %al
	out %al, $0x64
3:	in $0x64, %al
	test $0x01, %al
	jz 3b
	in $0x60, %al
	mov %al, 0x2000
4:	in $0x64, %al
	test $0x02, %al
	jnz 4b
	mov $0xfe, %al
	out %al, $0x64
	hlt
guest_end reset

/* Puts the bytes 0 to 0x32 of the clock at 0x2000, all from the same second, and halts. Stops the
 * clock, sets 23:59:58 on 31 December 1999, and puts the bytes at 0x2100; lets it run until the second
 * has changed, and halts. */
guest rtc
	mov $0x4000, %sp
	mov $0x2000, %di
	call rtc_read
	hlt
	mov $0x820b, %ax /* a word: the index, then the byte */
	out %ax, $0x70
	mov $(rtc_values - guest_rtc + 0x1000), %si
	mov $7, %cx
1:	lodsw
	out %ax, $0x70
	loop 1b
	mov $0x2100, %di
	call rtc_read
	mov $0x020b, %ax
	out %ax, $0x70
2:	mov $0, %al
	out %al, $0x70
	in $0x71, %al
	cmp $0x58, %al
	je 2b
	hlt
rtc_read:
	mov %di, %bp
	mov $10, %al
	out %al, $0x70
	in $0x71, %al
	test $0x80, %al
	jnz rtc_read
	xor %bl, %bl
3:	mov %bl, %al
	out %al, $0x70
	in $0x71, %al
	mov %al, (%di)
	inc %di
	inc %bl
	cmp $0x33, %bl
	jne 3b
	mov $0, %al
	out %al, $0x70
	in $0x71, %al
	mov %bp, %di
	cmp (%di), %al
	jne rtc_read
	ret
rtc_values: /* index, value */
	.byte 0, 0x58, 2, 0x59, 4, 0x23, 7, 0x31, 8, 0x12, 9, 0x99, 0x32, 0x19
guest_end rtc

/* Writes 1, 2 and 4 bytes to port 0x510 and 4 bytes to the address 0x9000, and then a byte to port
 * 0x61, again and again. */
guest ring
	mov $0x510, %dx
	mov $0x12345678, %eax
	out %al, %dx
	out %ax, %dx
	out %eax, %dx
	mov %eax, 0x9000
	out %al, $0x61
	jmp guest_ring
guest_end ring

/* Sets the PICs up for interrupt 5 alone, which is a level if the byte at 0x2000 is 0x20, and else
 * an edge. Then it writes 0 to port 0x61 for ever, or halts if the byte at 0x2001 is not 0. At the
 * interrupt it writes 1 to the port, ends the interrupt, and writes 2. */
guest interrupt
	mov $0x4000, %sp
	movw $(0x1000 + interrupt_handler - guest_interrupt), 4 * 0x25
	movw $0, 4 * 0x25 + 2
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
	mov $0xdf, %al
	out %al, $0x21
	mov $0x4d0, %dx
	mov 0x2000, %al
	out %al, %dx
	sti
interrupt_idle:
	cmpb $0, 0x2001
	jne interrupt_halt
	xor %al, %al
	out %al, $0x61
	jmp interrupt_idle
interrupt_halt:
	hlt
	jmp interrupt_idle
interrupt_handler:
	push %ax
	mov $1, %al
	out %al, $0x61
	mov $0x20, %al
	out %al, $0x20
	mov $2, %al
	out %al, $0x61
	pop %ax
	iret
guest_end interrupt

/* Waits for interrupt 4, halted, with the interrupt of the serial port's empty transmitter on. At the
 * interrupt it writes the port's interrupt id to port 0x61. */
guest serial_irq
	mov $0x4000, %sp
	movw $(0x1000 + serial_irq_handler - guest_serial_irq), 4 * 0x24
	movw $0, 4 * 0x24 + 2
	mov $0x11, %al
	out %al, $0x20
	mov $0x20, %al
	out %al, $0x21
	mov $4, %al
	out %al, $0x21
	mov $1, %al
	out %al, $0x21
	mov $0xef, %al
	out %al, $0x21
	sti
	mov $0x3f9, %dx
	mov $2, %al
	out %al, %dx
serial_irq_halt:
	hlt
	jmp serial_irq_halt
serial_irq_handler:
	mov $0x3fa, %dx
	in %dx, %al
	out %al, $0x61
	mov $0x20, %al
	out %al, $0x20
	mov $0x3f8, %dx
	mov $'x', %al
	out %al, %dx
	iret
guest_end serial_irq

/* Adds one to its argument, and halts. */
guest increment
	inc %bx
	hlt
guest_end increment

	.section .note.GNU-stack, "", %progbits
