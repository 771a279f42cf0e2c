import path from 'node:path';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const SOURCE = path.join(import.meta.dirname, 'src');

/** Where a file stands: [layer, feature]. Imports point down; features never import one another. */
function placeOf(file) {
  const [layer, feature] = path.relative(SOURCE, file).split(path.sep);
  return [layer, layer === 'features' ? feature : ''];
}

const MAY_IMPORT = {
  app: ['app', 'features', 'shared', 'messages'],
  features: ['features', 'shared'],
  shared: ['shared', 'messages'],
  messages: ['messages'],
};

const layers = {
  create(context) {
    const [layer, feature] = placeOf(context.filename);
    function check(node) {
      const named = node.source?.value;
      if (typeof named !== 'string' || !/^(@\/|\.)/.test(named) || !(layer in MAY_IMPORT)) return;
      const target = named.startsWith('@/')
        ? path.join(SOURCE, named.slice(2))
        : path.resolve(path.dirname(context.filename), named);
      const [toLayer, toFeature] = placeOf(target);
      const isDown = MAY_IMPORT[layer].includes(toLayer);
      if (!isDown || (layer === 'features' && toLayer === 'features' && toFeature !== feature))
        context.report({ node, message: `${layer}/${feature} may not import ${toLayer}/${toFeature}` });
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

/** Texts stand in src/messages, so that each can be translated. */
const noText = {
  create(context) {
    const isText = (value) => typeof value === 'string' && /\p{L}{2,}/u.test(value);
    return {
      JSXText(node) {
        if (isText(node.value)) context.report({ node, message: 'Put the text into src/messages' });
      },
      JSXAttribute(node) {
        const told = ['aria-label', 'title', 'placeholder', 'label', 'alt', 'description'];
        if (told.includes(node.name.name) && node.value?.type === 'Literal' && isText(node.value.value))
          context.report({ node, message: 'Put the text into src/messages' });
      },
    };
  },
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/shared/api/schema.d.ts', 'src/app/sw.js'] },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: {
      'react-hooks': reactHooks,
      house: { rules: { layers, 'no-text': noText } },
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'house/layers': 'error',
      'house/no-text': 'error',
      'no-restricted-globals': ['error', 'localStorage', 'sessionStorage'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
);
