# SPDX-License-Identifier: GPL-2.0
#
# make [modules] [KDIR=...]   the module, into build/<kernel release>/
#      RSP_DEBUG=1            with what kernels with checkers can use (scripts/kernel)
# make userspace              library, rspd, rspctl, examples, into build/userspace/
# make selftests              the selftests' programs, into build/selftests/
# make warnings [KDIR=...]    the module with all of gcc's and sparse's warnings
# make check                  all that is to be found without running it (scripts/check)
# make test                   everything that is tested (scripts/test)
# make install [DESTDIR=...] [PREFIX=...]
# make clean

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
DESTDIR ?=
TOP := $(CURDIR)
dest = $(if $(DESTDIR),$(abspath $(DESTDIR)))

# The release as uname says it: Debian's headers carry it in their directory's name (their
# kernel.release is another one), a built tree in a file.
headers = $(filter linux-headers-%,$(notdir $(realpath $(KDIR))))
release = $(or $(headers:linux-headers-%=%),$(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null),$(error no kernel tree in KDIR=$(KDIR)))
# A User Mode Linux tree says so in its configuration, as does one made with ccache or clang
karch = $(if $(shell grep -s '^CONFIG_UML=y' $(KDIR)/.config),ARCH=um)

# Kernels differ in what they leave beside the sources, so each one gets a directory of
# links to them.  A lock, since two tests may want the same one at the same time.
# Objects made for another kernel of the same release would look up to date: they go first.
# $(1) directory, $(2) arguments for the kernel's make, $(3) sources if not the module's
define kbuild
	@mkdir -p $(1)
	@flock $(1)/.lock sh -e -c '\
		[ "$$(cat $(1)/.kernel 2>/dev/null)" = $(realpath $(KDIR)) ] || find $(1) -name "*.o" -delete; \
		echo $(realpath $(KDIR)) >$(1)/.kernel; \
		cp -rsf $(or $(3),$(TOP)/Kbuild $(TOP)/include $(TOP)/net) $(1)/; \
		find $(1) -xtype l -delete; \
		$(MAKE) -C $(KDIR) $(karch) M=$(1) $(2)'
endef

all: modules userspace

modules:
	$(call kbuild,$(TOP)/build/$(release),modules)

# One file, while it is being written: make net/rserpool/wire.o
net/rserpool/%.o: FORCE
	$(call kbuild,$(TOP)/build/$(release),$@)

# All objects anew, since a warning is given only when a file is compiled
warnings:
	@rm -rf $(TOP)/build/warnings-$(release)
	$(call kbuild,$(TOP)/build/warnings-$(release),W=1 $(if $(shell command -v sparse),C=1) modules)

# The module with deliberate faults (scripts/gate-check)
gate:
	$(call kbuild,$(TOP)/build/$(release)/gate,modules,$(wildcard $(TOP)/selftests/gate/*))

check:
	scripts/check

userspace:
	$(MAKE) -C userspace

# After userspace, whose library they share
selftests: userspace
	$(MAKE) -C selftests

test:
	scripts/test

# A kernel's headers lack the System.map without which its make does not call depmod
install: modules userspace
	$(call kbuild,$(TOP)/build/$(release),$(if $(DESTDIR),INSTALL_MOD_PATH=$(dest)) INSTALL_MOD_STRIP=1 CONFIG_MODULE_SIG_ALL= modules_install)
	$(if $(DESTDIR),,depmod $(release))
	$(MAKE) -C userspace install DESTDIR=$(dest) PREFIX=$(PREFIX)
	install -d $(dest)$(PREFIX)/include/linux
	install -m 644 include/uapi/linux/*.h $(dest)$(PREFIX)/include/linux
	for page in $(wildcard Documentation/man/*.[1-8]); do \
		section=$${page##*.}; \
		install -d $(dest)$(PREFIX)/share/man/man$$section && \
		install -m 644 $$page $(dest)$(PREFIX)/share/man/man$$section || exit; \
	done

clean:
	rm -rf build

FORCE:
.PHONY: FORCE all modules warnings gate check userspace selftests test install clean
