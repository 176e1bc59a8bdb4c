import os
import stat
from pathlib import Path

import pytest

from shared.transparency.keyfiles import KeyFileOpen, read_key, write_key


def test_a_key_is_written_for_its_owner_alone_and_read_back(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_key(tmp_path / "deep" / "key", "secret")
    finally:
        os.umask(before)
    file = tmp_path / "deep" / "key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_key(file) == "secret"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602, 0o610, 0o644, 0o666, 0o777])
def test_a_key_that_others_can_reach_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    write_key(tmp_path / "key", "secret")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(KeyFileOpen) as refused:
        read_key(tmp_path / "key")
    assert f"chmod 600 {tmp_path / 'key'}" in refused.value.en and f"chmod 600 {tmp_path / 'key'}" in refused.value.id
    assert "secret" not in refused.value.en.replace("secret key", "") and oct(mode)[2:] in refused.value.en
    (tmp_path / "key").chmod(0o400)
    assert read_key(tmp_path / "key") == "secret"
