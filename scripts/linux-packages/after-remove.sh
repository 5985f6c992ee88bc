#!/bin/sh
# Runs as root once the files are gone. Of a deb it is told what was done, of an rpm how many versions are left: where another version
# has come in the place of this one, all of this is that one's.
case "$1" in
  remove | purge | 0) ;;
  *) exit 0 ;;
esac

if command -v update-alternatives > /dev/null; then
  # That of Fedora refuses --quiet.
  update-alternatives --remove '${executable}' '/opt/${sanitizedProductName}/${executable}' > /dev/null || true
fi
# Where there are no alternatives it is a link that leads nowhere now.
if [ -L '/usr/bin/${executable}' ] && [ ! -e '/usr/bin/${executable}' ]; then
  rm -f '/usr/bin/${executable}'
fi

profile='/etc/apparmor.d/${executable}'
if [ -f "$profile" ]; then
  if apparmor_status --enabled > /dev/null 2>&1; then
    apparmor_parser --remove "$profile" || true
  fi
  rm -f "$profile"
fi
