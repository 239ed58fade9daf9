// Where scripts run, the static page is not even laid out: the application takes its place.
document.documentElement.classList.add("with-script");
