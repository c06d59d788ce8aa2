"""Proves how a keystore gets another master key and another passphrase, and what is saved of a damaged one."""


def with_passphrase(key, tmp_path):
    """A keystore that a passphrase seals, with two keys in it."""
    environment = {
        "POINTSMAN_LMK": None,
        "POINTSMAN_LMK_PASSPHRASE": "correct horse",
        "POINTSMAN_KEYSTORE": str(tmp_path / "sealed.keys"),
    }

    def run(line, **more):
        return key(line, **(environment | more))

    assert run("create").exit_code == 0
    for name in ("one.zak", "two.zak"):
        assert run(f"generate {name} --usage M3").exit_code == 0
    return run


def test_another_master_key_and_passphrase(key, tmp_path):
    """All keys are there afterwards, for the new passphrase and not for the old one."""
    run = with_passphrase(key, tmp_path)
    before = run("list").stdout
    following = tmp_path / "next.txt"
    following.write_text("battery staple\n")
    done = run(f"rotate --new-passphrase-file {following}")
    assert (done.exit_code, "2 keys, LMK KCV" in done.stdout) == (0, True)
    assert run("list").exit_code == 2
    assert "the passphrase is not this keystore's" in run("list").stderr
    assert run(f"list --passphrase-file {following}").stdout == before


def test_a_damaged_file(key, tmp_path):
    """It is refused, naming the entry; --salvage keeps the other, tells what is lost, and ends with status 1."""
    run = with_passphrase(key, tmp_path)
    file = tmp_path / "sealed.keys"
    text = file.read_text()
    at = text.index("two.zak") + 150
    file.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :])
    refused = run("list")
    assert (refused.exit_code, "two.zak" in refused.stderr) == (2, True)
    saved = run("rotate --salvage")
    assert (saved.exit_code, "lost: " in saved.stderr, "two.zak" in saved.stderr) == (1, True, True)
    assert [line.split()[0] for line in run("list").stdout.splitlines()] == ["name", "one.zak"]


def test_a_passphrase_that_is_too_short(key, tmp_path):
    """It is told how long one is."""
    done = key("create", POINTSMAN_LMK=None, POINTSMAN_LMK_PASSPHRASE="short", POINTSMAN_KEYSTORE=str(tmp_path / "x"))
    assert (done.exit_code, "8 characters or more" in done.stderr) == (2, True)


def test_a_master_key_that_is_brought(key, tmp_path):
    """It is not said to be rotated, because it would stay the same; a passphrase can take its place."""
    done = key("rotate")
    assert (done.exit_code, done.stdout, "--new-passphrase-file" in done.stderr) == (2, "", True)
    following = tmp_path / "next.txt"
    following.write_text("battery staple")
    assert key(f"rotate --new-passphrase-file {following}").exit_code == 0
    assert key("list").exit_code == 2
    assert key(f"list --passphrase-file {following}").exit_code == 0
