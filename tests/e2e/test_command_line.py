"""The command `samhandling` as an administrator meets it: exit status, one line of error, no traceback."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from docx import Document

from tests.command_line import EXAMPLE, Run, environment, samhandling, started_from_nothing


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        (["serve", "--community", "none.yaml"], {}, "none.yaml: no such file"),
        (["serve", "--community", str(EXAMPLE), "--now", "2023-11-23T09:00:00+01:00"], {}, "--now is for --dev only"),
        (["serve", "--community", str(EXAMPLE), "--dev", "--now", "2023-11-23"], {}, "no instant with an offset"),
        (["serve", "--community", str(EXAMPLE), "--community", str(EXAMPLE)], {}, "two files have the community key"),
        (["serve", "--community", str(EXAMPLE)], {"TEAMS_APP_ID": "x"}, "SAMHANDLING_TEAMS_APP_PASSWORD is not set"),
        (
            ["serve", "--community", str(EXAMPLE)],
            {"TEAMS_APP_ID": "x", "TEAMS_APP_PASSWORD": "y"},
            "TEAMS_ALLOWED_TENANTS is not set",
        ),
        (
            ["serve", "--community", str(EXAMPLE)],
            {"SMTP_URL": "smtp://mail.example.no", "MAIL_FROM": "bot@example.no", "SECRET_KEY": "x" * 32},
            "E-mail is half configured: SAMHANDLING_PUBLIC_URL is not set",
        ),
        (["serve", "--community", str(EXAMPLE)], {"MAIL_FROM": "bot@example.no"}, "SAMHANDLING_SMTP_URL is not set"),
        (
            ["serve", "--community", str(EXAMPLE)],
            {"SMTP_URL": "mail.example.no"},
            "SMTP_URL: accepted: smtp",
        ),
        (["serve", "--community", str(EXAMPLE)], {"MAIL_FROM": "Bot"}, "SAMHANDLING_MAIL_FROM: accepted: an address"),
        (["serve", "--community", str(EXAMPLE), "--dev"], {"HOST": "0.0.0.0"}, "SAMHANDLING_HOST"),  # noqa: S104
        (["serve", "--community", str(EXAMPLE)], {"PORT": "many"}, "SAMHANDLING_PORT"),
        (["serve", "--community", str(EXAMPLE)], {"DATABASE_URL": "mysql://x"}, "SAMHANDLING_DATABASE_URL"),
        (["serve", "--community", str(EXAMPLE)], {"TEMAS_APP_ID": "x"}, "SAMHANDLING_TEMAS_APP_ID is no setting"),
        (["replay", "--community", str(EXAMPLE), "--data", "none.csv", "--out", "out"], {}, "none.csv: no such file"),
        (["template", "referat", "--out", "r.docx"], {}, "is no kind of document; accepted: minutes"),
        (["template", "minutes", "--out", "r.docx", "--language", "sv"], {}, "accepted: nb, nn, en"),
        (["template", "minutes", "--out", "none/r.docx"], {}, "none/r.docx cannot be written"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], says: str
) -> None:
    done = samhandling(tmp_path, *arguments, **settings)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("run", [started_from_nothing, samhandling])
def test_an_unknown_option_is_wrong_use(tmp_path: Path, run: Run) -> None:
    done = run(tmp_path, "serve", "--comunity", "x")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_every_mistake_in_a_community_file_comes_at_once(tmp_path: Path) -> None:
    broken = (
        EXAMPLE.read_text(encoding="utf-8")
        .replace("every_days: 7", "every_days: 70")
        .replace("kind: clinic", "kind: klinik", 1)
    )
    file = tmp_path / "broken.yaml"
    file.write_text(broken, encoding="utf-8")
    done = samhandling(tmp_path, "serve", "--community", str(file))
    assert done.returncode == 2
    assert f"{file}:" in done.stderr
    assert "operational_meeting.every_days" in done.stderr
    assert "units[medisin].kind" in done.stderr


def test_migrate_makes_a_database_and_may_be_repeated(tmp_path: Path) -> None:
    for run in (started_from_nothing, samhandling):
        done = run(tmp_path, "migrate")
        assert (done.returncode, done.stderr) == (0, "")
        assert "at its newest version" in done.stdout
        assert (tmp_path / "test.db").exists()


def test_doctor_says_what_is_off_and_what_is_wrong(tmp_path: Path) -> None:
    good = samhandling(tmp_path, "doctor", "--community", str(EXAMPLE))
    assert good.returncode == 0, good.stdout + good.stderr
    assert "vestfold" in good.stdout
    assert "SAMHANDLING_TEAMS_APP_ID is not set" in good.stdout
    assert "SAMHANDLING_PUBLIC_URL is not set" in good.stdout
    wrong = {"SECRET_KEY": "short", "TEAMS_APP_ID": "x", "PUBLIC_URL": "http://bot.example.no"}
    bad = samhandling(tmp_path, "doctor", "--community", str(EXAMPLE), **wrong)
    assert bad.returncode == 1
    assert "Teams fetches over https:// only" in bad.stdout
    assert "32 characters" in bad.stdout
    assert "half configured" in bad.stdout


def test_doctor_greets_the_mail_server(tmp_path: Path) -> None:
    mail = {"MAIL_FROM": "bot@example.no", "PUBLIC_URL": "https://bot.example.no", "SECRET_KEY": "x" * 32}
    away = samhandling(tmp_path, "doctor", SMTP_URL="smtp://user:secret@127.0.0.1:1", **mail)
    assert away.returncode == 1
    assert "127.0.0.1:1 does not let us in" in away.stdout
    assert "secret" not in away.stdout + away.stderr
    half = samhandling(tmp_path, "doctor", SMTP_URL="smtp://127.0.0.1:1")
    assert "E-mail is half configured" in half.stdout
    assert "SAMHANDLING_SMTP_URL is not set" in samhandling(tmp_path, "doctor").stdout


def test_a_public_address_that_is_none_is_refused(tmp_path: Path) -> None:
    found = samhandling(tmp_path, "doctor", PUBLIC_URL="bot.example.no")
    assert found.returncode == 2
    assert "SAMHANDLING_PUBLIC_URL: accepted: https://" in found.stderr


class Served:
    """The server as a process."""

    def __init__(self, folder: Path, *arguments: str, **settings: str) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = int(found.getsockname()[1])
        command = [sys.executable, "-m", "bot", "serve", "--community", str(EXAMPLE), *arguments]
        settings = {"PORT": str(self.port)} | settings
        self.process = subprocess.Popen(
            command,
            env=environment(folder, **settings),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Served:
        for _ in range(200):
            try:
                self.get("/healthz")
            except OSError:
                assert self.process.poll() is None, self.process.communicate()
                time.sleep(0.05)
            else:
                return self
        raise AssertionError("the server did not start")

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return str(answer.read().decode())


def test_the_server_starts_says_what_is_on_and_ends_when_it_is_told(tmp_path: Path) -> None:
    with Served(tmp_path, "--dev", "--now", "2023-11-23T09:00:00+01:00") as served:
        assert "2023-11-23T09:00:00+01:00" in served.get("/dev/clock")
        assert "Hvem er du?" in served.get("/")
        out = samhandling(tmp_path, "export", "rounds", "--format", "json", "--out", "rounds.json")
        assert (out.returncode, out.stderr) == (0, "")
        assert (tmp_path / "rounds.json").read_text(encoding="utf-8") == '{"rounds": []}\n'
        served.process.send_signal(signal.SIGTERM)
        _, logged = served.process.communicate(timeout=15)
        assert served.process.returncode == 0
    assert "ready" in logged
    assert "stopping" in logged
    assert "Traceback" not in logged


def test_two_processes_on_one_sqlite_database_are_refused(tmp_path: Path) -> None:
    with Served(tmp_path, "--dev"):
        second = samhandling(tmp_path, "serve", "--community", str(EXAMPLE), "--dev", PORT="0")
        assert second.returncode == 1
        assert "in use by another process" in second.stderr
        assert "Traceback" not in second.stderr


def test_a_port_in_use_is_said_in_a_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = samhandling(tmp_path, "serve", "--community", str(EXAMPLE), "--dev", PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "SAMHANDLING_PORT: cannot listen" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_template_is_written_changed_and_checked(tmp_path: Path) -> None:
    mine = tmp_path / "templates" / "vestfold"
    mine.mkdir(parents=True)
    file = mine / "minutes.nn.docx"
    assert samhandling(tmp_path, "template", "minutes", "--out", str(file), "--language", "nn").returncode == 0
    again = samhandling(tmp_path, "template", "minutes", "--out", str(file))
    assert again.returncode == 2
    assert "exists already" in again.stderr
    settings = {"TEMPLATES": str(tmp_path / "templates")}
    good = samhandling(tmp_path, "doctor", "--community", str(EXAMPLE), **settings)
    assert "minutes.nn.docx: can be filled in" in good.stdout
    document = Document(str(file))
    document.add_paragraph("{{ titel }}")
    document.save(str(file))
    bad = samhandling(tmp_path, "doctor", "--community", str(EXAMPLE), **settings)
    assert bad.returncode == 1
    assert "'titel' is undefined" in bad.stdout
    assert "Traceback" not in bad.stderr


def test_a_folder_of_templates_that_is_none_is_a_fault(tmp_path: Path) -> None:
    done = samhandling(tmp_path, "doctor", TEMPLATES="borte")
    assert done.returncode == 1
    assert "SAMHANDLING_TEMPLATES: borte is no folder" in done.stdout
