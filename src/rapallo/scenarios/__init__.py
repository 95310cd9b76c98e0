"""The scenarios that ship: the interwar order, two exact toys, and the template of a new one."""
