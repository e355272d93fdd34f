// SPDX-License-Identifier: LGPL-2.1-or-later
// What foreach needs in Vala; it is compiled into the program.
namespace Kvm {
	public class X86Cpuid {
		public int size { get { return (int) get_n_entries (); } }
		public Kvm.X86CpuidEntry get (int position) {
			Kvm.X86CpuidEntry entry;
			get_entry (position, out entry);
			return entry;
		}
	}
}
