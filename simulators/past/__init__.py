"""The long past of the demo: hours, days and months as records, made of the same signals as what is sent live."""
