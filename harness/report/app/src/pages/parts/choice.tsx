/** One of several, as buttons that the keyboard reaches and a screen reader names. */

import { replaceParams } from "../../router";

interface ChoiceProps {
  label: string;
  /** The parameter of the address that holds the choice; the first value is its default. */
  name: string;
  value: string;
  options: { value: string; label: string; count?: number }[];
}

export function Choice({ label, name, value, options }: ChoiceProps) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map((option, i) => (
        <label>
          <input type="radio" name={name} checked={option.value === value}
            onChange={() => replaceParams({ [name]: i ? option.value : null })} />
          <span>{option.label}{option.count !== undefined && <b>{option.count.toLocaleString("en-US")}</b>}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The value of a choice in the address; the first option where there is none, or an unknown one. */
export function readChoice(params: URLSearchParams, name: string, values: readonly string[]): string {
  const value = params.get(name);
  return value !== null && values.includes(value) ? value : values[0]!;
}
