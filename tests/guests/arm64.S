/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the tests' guests run on arm64, at EL1 without an MMU at 0x1000. */

#include "arm64-macros.S"

	.section .rodata
	.balign 4

guest halt
	halt
	b guest_halt
guest_end halt

/* Waits for an interrupt in the kernel, for ever. */
guest wait
	wfi
	b guest_wait
guest_end wait

/* Writes "Hi" to port 0x3f8. */
guest print
	port x1, 0x3f8
	mov w0, #'H'
	strb w0, [x1]
	mov w0, #'i'
	strb w0, [x1]
	halt
guest_end print

/* Reads 1, 2 and 4 bytes from port 0x60 and writes them, one more than they were, to port 0x61. */
guest echo
	port x1, 0x60
	port x2, 0x61
	ldrb w0, [x1]
	add w0, w0, #1
	strb w0, [x2]
	ldrh w0, [x1]
	add w0, w0, #1
	strh w0, [x2]
	ldr w0, [x1]
	add w0, w0, #1
	str w0, [x2]
	halt
guest_end echo

/* Writes 4 bytes to the address 0x8000, which is no memory, reads 2 from 0x8004, and writes them to
 * port 0x61. */
guest mmio
	port x2, 0x61
	mov x1, #0x8000
	mov w0, #0x5678
	movk w0, #0x1234, lsl #16
	str w0, [x1]
	ldrh w0, [x1, #4]
	strh w0, [x2]
	halt
guest_end mmio

/* Never stops. */
guest spin
	b guest_spin
guest_end spin

/* Writes to port 0x61 for ever. */
guest chatter
	port x1, 0x61
1:	strb w0, [x1]
	b 1b
guest_end chatter

/* Adds one to the word at 0x2000 and halts, again and again. */
guest count
	mov x1, #0x2000
1:	ldrh w0, [x1]
	add w0, w0, #1
	strh w0, [x1]
	halt
	b 1b
guest_end count

/* Adds one to its argument, and halts. */
guest increment
	add x0, x0, #1
	halt
guest_end increment

/* Adds one to the word at its argument for ever. */
guest bump
	ldrh w1, [x0]
	add w1, w1, #1
	strh w1, [x0]
	b guest_bump
guest_end bump

/* Adds one to the word at its argument times 16 for ever. */
guest bump_far
	lsl x0, x0, #4
1:	ldrh w1, [x0]
	add w1, w1, #1
	strh w1, [x0]
	b 1b
guest_end bump_far

/* Adds one to the byte at 16 times each of the words from 0x2000 on, up to one that is 0; halts; and
 * again. */
guest touch
	mov x1, #0x2000
1:	ldr w2, [x1], #4
	cbz w2, 2f
	lsl x2, x2, #4
	ldrb w3, [x2]
	add w3, w3, #1
	strb w3, [x2]
	b 1b
2:	halt
	b guest_touch
guest_end touch

/* Reads a byte from port 0x60 and writes it, one more than it was, to port 0x61, for ever. */
guest server
	port x1, 0x60
	port x2, 0x61
1:	ldrb w0, [x1]
	add w0, w0, #1
	strb w0, [x2]
	b 1b
guest_end server

/* Switches the machine off through the firmware: PSCI's SYSTEM_OFF. */
guest off
	mov w0, #0x0008
	movk w0, #0x8400, lsl #16
	hvc #0
guest_end off

/* Adds one to the byte at 0x8000, which is no memory: a read, and then a write. */
guest change
	mov x1, #0x8000
	ldrb w0, [x1]
	add w0, w0, #1
	strb w0, [x1]
	halt
guest_end change

/* Reads a byte from port 0x60 for ever, and counts in the word at 0x2000. */
guest listen
	port x1, 0x60
	mov x2, #0x2000
1:	ldrb w0, [x1]
	ldrh w3, [x2]
	add w3, w3, #1
	strh w3, [x2]
	b 1b
guest_end listen

/* Keeps the words at its argument and after it the same, and halts when they are not. */
guest twins
	ldrh w1, [x0]
	ldrh w2, [x0, #2]
	cmp w1, w2
	b.ne 1f
	add w1, w1, #1
	strh w1, [x0]
	strh w1, [x0, #2]
	b guest_twins
1:	halt
guest_end twins

/* Steps: three instructions that add one to the argument, then a halt. */
guest steps
	add x0, x0, #1
	add x0, x0, #1
	add x0, x0, #1
	halt
guest_end steps

/* Adds one to the word at 0x2000 for ever. */
guest ticker
	mov x1, #0x2000
1:	ldrh w0, [x1]
	add w0, w0, #1
	strh w0, [x1]
	b 1b
guest_end ticker

/* Writes a line to the serial port at 0x3f8, each byte when the transmitter is empty. */
guest serial_print
	port x1, 0x3f8
	adr x2, serial_text
1:	ldrb w0, [x1, #5]
	tbz w0, #5, 1b
	ldrb w0, [x2], #1
	cbz w0, 2f
	strb w0, [x1]
	b 1b
2:	halt
serial_text:
	.asciz "Hello from the guest\n"
	.balign 4
guest_end serial_print

/* Sends back what it gets at the serial port at 0x3f8, one more than it was, up to a 0. */
guest serial_echo
	port x1, 0x3f8
1:	ldrb w0, [x1, #5]
	tbz w0, #0, 1b
	ldrb w2, [x1]
	cbz w2, 3f
	add w2, w2, #1
2:	ldrb w0, [x1, #5]
	tbz w0, #5, 2b
	strb w2, [x1]
	b 1b
3:	halt
guest_end serial_echo

/* Looks for a serial port as drivers do. To 0x2000: the modem status in loopback; how many of 32
 * bytes the FIFO keeps; the line status after that; the interrupt id with FIFO. */
guest serial_probe
	port x1, 0x3f8
	mov x2, #0x2000
	mov w0, #0x1a
	strb w0, [x1, #4]
	ldrb w0, [x1, #6]
	strb w0, [x2]
	mov w0, #0x07
	strb w0, [x1, #2]
	mov w3, #32
1:	strb w3, [x1]
	subs w3, w3, #1
	b.ne 1b
	ldrb w0, [x1, #5]
	strb w0, [x2, #2]
	b 3f
2:	ldrb w0, [x1]
	add w3, w3, #1
	ldrb w0, [x1, #5]
3:	tbnz w0, #0, 2b
	strb w3, [x2, #1]
	ldrb w0, [x1, #2]
	strb w0, [x2, #3]
	halt
guest_end serial_probe

/* Enables the transmitter's interrupt, reads the interrupt id twice, writes a byte, and disables the
 * interrupt. The ids go to 0x2000. */
guest serial_interrupt
	port x1, 0x3f8
	mov x2, #0x2000
	mov w0, #0x02
	strb w0, [x1, #1]
	ldrb w0, [x1, #2]
	strb w0, [x2]
	ldrb w0, [x1, #2]
	strb w0, [x2, #1]
	mov w0, #'x'
	strb w0, [x1]
	strb wzr, [x1, #1]
	halt
guest_end serial_interrupt

/* Ends with the value 42. */
guest debug_exit
	port x1, 0x501
	mov w0, #42
	str w0, [x1]
	halt
guest_end debug_exit

/* Throws away what the keyboard controller has, has it test itself, puts the reply at 0x2000, and
 * resets the machine. */
guest reset
	port x1, 0x60
	mov x2, #0x2000
1:	ldrb w0, [x1, #4]
	tbz w0, #0, 2f
	ldrb w0, [x1]
	b 1b
2:	mov w0, #0xaa
	strb w0, [x1, #4]
3:	ldrb w0, [x1, #4]
	tbz w0, #0, 3b
	ldrb w0, [x1]
	strb w0, [x2]
4:	ldrb w0, [x1, #4]
	tbnz w0, #1, 4b
	mov w0, #0xfe
	strb w0, [x1, #4]
	halt
guest_end reset

/* Puts the bytes 0 to 0x32 of the clock at 0x2000, all from the same second, and halts. Stops the
 * clock, sets 23:59:58 on 31 December 1999, and puts the bytes at 0x2100; lets it run until the second
 * has changed, and halts. */
guest rtc
	port x1, 0x70
	mov x2, #0x2000
	bl rtc_read
	halt
	mov w0, #0x820b /* the index, then the byte */
	strh w0, [x1]
	adr x3, rtc_values
	mov w4, #7
1:	ldrh w0, [x3], #2
	strh w0, [x1]
	subs w4, w4, #1
	b.ne 1b
	mov x2, #0x2100
	bl rtc_read
	mov w0, #0x020b
	strh w0, [x1]
2:	strb wzr, [x1]
	ldrb w0, [x1, #1]
	cmp w0, #0x58
	b.eq 2b
	halt
rtc_read:
	mov w0, #10
	strb w0, [x1]
	ldrb w0, [x1, #1]
	tbnz w0, #7, rtc_read
	mov x5, #0
3:	strb w5, [x1]
	ldrb w0, [x1, #1]
	strb w0, [x2, x5]
	add x5, x5, #1
	cmp x5, #0x33
	b.ne 3b
	strb wzr, [x1]
	ldrb w0, [x1, #1]
	ldrb w6, [x2]
	cmp w0, w6
	b.ne rtc_read
	ret
rtc_values: /* index, value */
	.byte 0, 0x58, 2, 0x59, 4, 0x23, 7, 0x31, 8, 0x12, 9, 0x99, 0x32, 0x19
	.balign 4
guest_end rtc

/* Writes 1, 2 and 4 bytes to port 0x510 and 4 bytes to the address 0x9000, and then a byte to port
 * 0x61, again and again. */
guest ring
	port x1, 0x510
	port x2, 0x61
	mov x3, #0x9000
	mov w0, #0x5678
	movk w0, #0x1234, lsl #16
1:	strb w0, [x1]
	strh w0, [x1]
	str w0, [x1]
	str w0, [x3]
	strb w0, [x2]
	b 1b
guest_end ring

/* Writes 1 to 1000 to port 0x510, a byte to port 0x61, and halts. */
guest burst
	port x1, 0x510
	port x2, 0x61
	mov w0, #0
1:	add w0, w0, #1
	str w0, [x1]
	cmp w0, #1000
	b.ne 1b
	strb w0, [x2]
	halt
guest_end burst

/* What only x86 can, for tests that are not run here. */
guest string
guest serial_irq
guest_end string
guest_end serial_irq

	.section .note.GNU-stack, "", %progbits
