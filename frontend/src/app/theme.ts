import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The one accent. Filled with white text it is 7 in both schemes (5.9:1); `--accent` is its text. */
const accent: MantineColorsTuple = [
  '#e6f4f3', '#cde8e6', '#9dd2ce', '#6cbbb5', '#45a79f', '#2b938b', '#178079', '#0b6e69', '#075853', '#04423f',
];

export const theme = createTheme({
  colors: { accent },
  primaryColor: 'accent',
  // One shade for both schemes: with two, Mantine picks the wrong text colour (mantine#6589).
  primaryShade: 7,
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontFamily: 'inherit', fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { radius: 'md' } },
    TextInput: { defaultProps: { size: 'md' } },
    PasswordInput: { defaultProps: { size: 'md' } },
    NativeSelect: { defaultProps: { size: 'md' } },
    Textarea: { defaultProps: { size: 'md' } },
    Switch: { defaultProps: { size: 'md' } },
  },
});
