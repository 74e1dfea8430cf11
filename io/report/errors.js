// Counts what goes wrong, for tests and for the reader: <html data-errors="0">.
{
  const root = document.documentElement;
  root.dataset.errors = 0;
  const count = () => {
    root.dataset.errors = Number(root.dataset.errors) + 1;
  };
  window.addEventListener("error", count);
  window.addEventListener("unhandledrejection", count);
  const complain = console.error;
  console.error = (...what) => {
    count();
    complain(...what);
  };
}
