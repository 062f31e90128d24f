#!/usr/bin/python3
"""A WebKitGTK window that WebKitWebDriver can drive, the size of a phone.

WebKit's own MiniBrowser asks where to save a download, and forgets its profile; this window saves
downloads in a folder and keeps the profile in another. Its settings come from the environment:

  WEBKIT_PROFILE    folder for cookies, caches and service workers
  WEBKIT_DOWNLOADS  folder that downloads land in
  WEBKIT_SIZE       width and height in CSS pixels, as 390x844
  WEBKIT_LANGUAGES  preferred languages, comma-separated
  WEBKIT_FEATURES   WebKit features to switch on, comma-separated
  WEBKIT_MEMORY     megabytes at which the page is killed, as phones do
  WEBKIT_PRIVATE    anything: private browsing, which leaves nothing on the disk
  WEBKIT_STORAGE    the share of the disk that a site may fill, 0 to 1
"""

import os
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

PROFILE = Path(os.environ["WEBKIT_PROFILE"])
DOWNLOADS = Path(os.environ["WEBKIT_DOWNLOADS"])
WIDTH, HEIGHT = map(int, os.environ.get("WEBKIT_SIZE", "390x844").split("x"))


def listed(name):
    return [item for item in os.environ.get(name, "").split(",") if item]


def web_context():
    if os.environ.get("WEBKIT_PRIVATE"):
        data = WebKit2.WebsiteDataManager.new_ephemeral()
    else:
        data = WebKit2.WebsiteDataManager(
            base_data_directory=str(PROFILE / "data"),
            base_cache_directory=str(PROFILE / "cache"),
            origin_storage_ratio=float(os.environ.get("WEBKIT_STORAGE", "-1")),
        )
    properties = {"website_data_manager": data}
    if memory := os.environ.get("WEBKIT_MEMORY"):
        pressure = WebKit2.MemoryPressureSettings()
        pressure.set_memory_limit(int(memory))
        pressure.set_kill_threshold(1.0)
        pressure.set_poll_interval(0.1)
        properties["memory_pressure_settings"] = pressure
    context = WebKit2.WebContext(**properties)
    context.set_automation_allowed(True)
    if languages := listed("WEBKIT_LANGUAGES"):
        context.set_preferred_languages(languages)
    context.connect("automation-started", automation_started)
    context.connect("download-started", download_started)
    return context


def page_settings():
    settings = WebKit2.Settings()
    settings.set_enable_write_console_messages_to_stdout(True)
    wanted = listed("WEBKIT_FEATURES")
    features = WebKit2.Settings.get_all_features()
    for index in range(features.get_length()):
        feature = features.get(index)
        if feature.get_identifier() in wanted:
            settings.set_feature_enabled(feature, True)
    return settings


def automation_started(context, session):
    application = WebKit2.ApplicationInfo()
    application.set_name("brushwork-tests")
    application.set_version(1, 0, 0)
    session.set_application_info(application)
    session.connect("create-web-view", create_view, context)


def create_view(_session, context):
    view = WebKit2.WebView(
        web_context=context, settings=page_settings(), is_controlled_by_automation=True
    )
    window = Gtk.Window()
    window.set_decorated(False)
    window.set_default_size(WIDTH, HEIGHT)
    window.add(view)
    window.show_all()
    view.connect("close", lambda _view: Gtk.main_quit())
    view.connect("web-process-terminated", page_ended)
    return view


def page_ended(_view, reason):
    # Among the page's own messages, for the tests to see.
    print(f"CONSOLE page ended: {reason.value_nick}", flush=True)


def download_started(_context, download):
    def choose(download, suggested):
        # A file is whole once it bears its final name.
        download.set_destination((DOWNLOADS / f"{suggested}.part").as_uri())
        return True

    def finished(download):
        part = Path(download.get_destination().removeprefix("file://"))
        part.rename(part.with_suffix(""))

    download.connect("decide-destination", choose)
    download.connect("finished", finished)


if __name__ == "__main__":
    web_context_in_use = web_context()
    Gtk.main()
